//! A handler with its place in the API.

use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};

use super::describe::{Describe, Description};
use crate::app::App;

/// One operation of the HTTP API.
pub(crate) struct Operation {
    pub(crate) method: Method,
    /// With parameters in braces: `/v1/customers/{provided_id}`.
    pub(crate) path: &'static str,
    /// The operation's id in the document, unique, such as `read_customer`.
    pub(crate) id: &'static str,
    /// One sentence for people.
    pub(crate) summary: &'static str,
    pub(crate) description: Description,
    pub(crate) routes: MethodRouter<App>,
}

/// Makes an operation: `call` is its method and path, `GET /v1/customers`.
pub(crate) fn operation<H, HandlerArguments, Arguments>(
    call: &'static str,
    id: &'static str,
    summary: &'static str,
    handler: H,
) -> Operation
where
    H: Handler<HandlerArguments, App> + Described<Arguments>,
    HandlerArguments: 'static,
{
    let (method, path) = call.split_once(' ').unwrap_or_else(|| unreachable!("{call}"));
    let method = Method::from_bytes(method.as_bytes())
        .unwrap_or_else(|_| unreachable!("{call} begins with a method"));
    let filter = MethodFilter::try_from(method.clone())
        .unwrap_or_else(|_| unreachable!("{call} begins with a method that can be routed"));
    let mut description = Description::default();
    H::describe_all(&mut description);
    Operation { method, path, id, summary, description, routes: on(filter, handler) }
}

/// A handler all of whose arguments, and whose reply, describe themselves.
pub(crate) trait Described<Arguments> {
    fn describe_all(description: &mut Description);
}

macro_rules! described {
    ($($argument:ident)*) => {
        impl<F, Answer, Reply, $($argument),*> Described<($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> Answer,
            Answer: Future<Output = Reply>,
            Reply: Describe,
            $($argument: Describe,)*
        {
            fn describe_all(description: &mut Description) {
                $($argument::describe(description);)*
                Reply::describe(description);
            }
        }
    };
}

described!();
described!(A);
described!(A B);
described!(A B C);
described!(A B C D);
described!(A B C D E);
described!(A B C D E G);
