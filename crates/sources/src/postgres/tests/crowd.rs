//! Many who ask the same at once.

use futures_util::future::join_all;

use super::*;

const RUNNING: &str = "state = 'active'";

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_viewers_at_once_are_one_query_for_each_distinct_statement() {
    let stage = Stage::set();
    let source = stage.source(json!({}));
    let questions =
        (0..200).map(|viewer| Question::from("select pg_sleep(1), $1").with(text_of(viewer % 4)));
    let questions: Vec<Question> = questions.collect();
    let asked = join_all(questions.iter().map(|question| stage.ask(&source, question.clone())));
    let most = async {
        stage.wait_for_sessions(RUNNING, 4).await;
        let mut most = 0;
        loop {
            match stage.sessions(RUNNING) {
                0 => return most,
                running => most = most.max(running),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let (answers, most) = tokio::join!(asked, most);
    assert_eq!(most, 4, "queries in the database");
    for (viewer, answer) in answers.into_iter().enumerate() {
        assert_eq!(text(&answer.unwrap()).trim(), (viewer % 4).to_string());
    }
    let activity = stage.sources.activity();
    assert_eq!((activity.cache_misses.value(), activity.joined.value()), (4, 196));
}

fn text_of(number: usize) -> [Value; 1] {
    [Value::Text(number.to_string())]
}
