//! The script engine: QuickJS with the language alone. Scripts reach no file, no network and no
//! module; what they need of the world is handed to them.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rquickjs::context::intrinsic::{Date, Eval, Json, MapSet, RegExp, RegExpCompiler, TypedArrays};
use rquickjs::prelude::Func;
use rquickjs::{CatchResultExt, Context, Ctx, Function, Object, Runtime};

use super::ChartRequest;
use crate::{RenderError, fonts};

/// What a script may use.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Bytes, its own code included.
    pub memory: usize,
    /// Bytes of its stack, which must be well below the thread's.
    pub stack: usize,
    /// For loading the script, and for each drawing.
    pub time: Duration,
}

/// A script that has been read, with its own memory. Stays in its thread.
pub(super) struct Script {
    runtime: Runtime,
    context: Context,
    limits: Limits,
}

impl Script {
    pub(super) fn load(source: &str, limits: Limits) -> Result<Self, RenderError> {
        let runtime = Runtime::new().map_err(failed)?;
        runtime.set_memory_limit(limits.memory);
        runtime.set_max_stack_size(limits.stack);
        let context = Context::builder()
            .with::<(Date, Eval, Json, MapSet, RegExp, RegExpCompiler, TypedArrays)>()
            .build(&runtime)
            .map_err(failed)?;
        let script = Self { runtime, context, limits };
        script.run(|ctx| ctx.eval::<(), _>(source))?;
        Ok(script)
    }

    /// Calls the script's one function, `fanlightRender(panelJson, resultJson, order)`.
    pub(super) fn draw(&self, request: &ChartRequest) -> Result<String, RenderError> {
        self.run(|ctx| {
            let draw: Function<'_> = ctx.globals().get("fanlightRender")?;
            let order = order(ctx, request)?;
            draw.call((request.definition_json.as_str(), request.result_json.as_str(), order))
        })
    }

    /// Runs a part of the script until it ends, fails or has no time left.
    fn run<T>(&self, part: impl FnOnce(&Ctx<'_>) -> rquickjs::Result<T>) -> Result<T, RenderError> {
        let late = Rc::new(Cell::new(false));
        let deadline = Instant::now() + self.limits.time;
        let alarm = Rc::clone(&late);
        self.runtime.set_interrupt_handler(Some(Box::new(move || {
            alarm.set(Instant::now() >= deadline);
            alarm.get()
        })));
        let result =
            self.context.with(|ctx| part(&ctx).catch(&ctx).map_err(|error| error.to_string()));
        self.runtime.set_interrupt_handler(None);
        match result {
            Err(_) if late.get() => Err(RenderError::TimedOut),
            other => other.map_err(RenderError::Script),
        }
    }
}

/// What the script is told besides the panel and its rows, and what it may ask.
fn order<'js>(ctx: &Ctx<'js>, request: &ChartRequest) -> rquickjs::Result<Object<'js>> {
    let zone = request.time_zone.clone();
    let order = Object::new(ctx.clone())?;
    order.set("width", request.size.width())?;
    order.set("height", request.size.height())?;
    order.set("dark", request.dark)?;
    order.set("watermark", request.watermark)?;
    order.set("wallClock", Func::from(move |instant: f64| wall_clock(instant, &zone)))?;
    order.set("measure", Func::from(measure))?;
    Ok(order)
}

/// A text that ends within a pair of surrogates is not Unicode, and measures nothing.
fn measure(text: rquickjs::String<'_>, size: f64, weight: f64) -> f64 {
    fonts::text_width(&text.to_string().unwrap_or_default(), size, weight)
}

/// Milliseconds whose UTC reading is what a clock on the wall shows at an instant, in whole
/// seconds as in a browser. An instant that no calendar reaches stays what it is.
fn wall_clock(instant: f64, zone: &TimeZone) -> f64 {
    let seconds = (instant / 1000.0).floor();
    // The conversion saturates, far beyond any calendar.
    match Timestamp::from_second(seconds as i64) {
        Ok(timestamp) => (seconds + f64::from(zone.to_offset(timestamp).seconds())) * 1000.0,
        Err(_) => instant,
    }
}

fn failed(error: rquickjs::Error) -> RenderError {
    RenderError::Script(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Size;

    const LIMITS: Limits =
        Limits { memory: 32 << 20, stack: 256 << 10, time: Duration::from_millis(200) };

    fn draw(body: &str) -> Result<String, RenderError> {
        let source = format!("globalThis.fanlightRender = (panel, result, order) => {{ {body} }};");
        Script::load(&source, LIMITS)?.draw(&ChartRequest {
            definition_json: "{}".to_owned(),
            result_json: "[]".to_owned(),
            size: Size::new(400, 300).expect("a size"),
            dark: true,
            watermark: false,
            time_zone: TimeZone::UTC,
        })
    }

    #[test]
    fn a_script_is_told_what_to_draw() {
        let told = draw("return [panel, result, order.width, order.height, order.dark].join()");
        assert_eq!(told.expect("drawn"), "{},[],400,300,true");
    }

    #[test]
    fn a_script_that_does_not_end_is_stopped() {
        assert!(matches!(draw("for (;;) {}"), Err(RenderError::TimedOut)));
        assert!(matches!(Script::load("for (;;) {}", LIMITS), Err(RenderError::TimedOut)));
    }

    #[track_caller]
    fn check_failure(body: &str, expected: &str) {
        match draw(body) {
            Err(RenderError::Script(reason)) => assert!(reason.contains(expected), "{reason}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_script_has_its_own_small_memory() {
        check_failure("const all = []; for (;;) all.push('x'.repeat(1e6) + all.length)", "memory");
        check_failure("const dig = () => 1 + dig(); return dig()", "stack");
    }

    #[test]
    fn a_script_reaches_nothing_outside() {
        for name in ["require", "std", "os", "fetch", "process", "print", "console", "Intl"] {
            assert_eq!(draw(&format!("return typeof {name}")).expect("drawn"), "undefined");
        }
    }

    #[test]
    fn what_a_script_throws_is_for_the_operator() {
        check_failure("throw new Error('no such panel')", "no such panel");
        check_failure("return 1", "");
        assert!(matches!(Script::load("(", LIMITS), Err(RenderError::Script(_))));
    }

    #[test]
    fn a_wall_clock_follows_the_zone() {
        let zone = TimeZone::get("America/New_York").expect("a zone");
        let wall = |instant: &str| {
            let instant: Timestamp = instant.parse().expect("an instant");
            let wall = wall_clock(instant.as_millisecond() as f64, &zone);
            Timestamp::from_millisecond(wall as i64).expect("a time").to_string()
        };
        assert_eq!(wall("2013-03-10T06:59:59.5Z"), "2013-03-10T01:59:59Z");
        assert_eq!(wall("2013-03-10T07:00:00Z"), "2013-03-10T03:00:00Z");
        assert_eq!(wall("1969-12-31T23:59:59.5Z"), "1969-12-31T18:59:59Z");
        assert_eq!(wall_clock(1e300, &zone), 1e300);
    }
}
