//! What a statement could do that got past the compiler: the transaction refuses it, or takes it back.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn functions_that_write_are_refused_or_leave_nothing_behind() {
    let stage = Stage::set();
    stage.execute(
        "create table notes (a int); grant all on notes to reader;
         create sequence numbers; grant all on sequence numbers to reader;
         create function public.note() returns int language sql
           as $$ insert into public.notes values (1) returning a $$;
         create function public.loud() returns int language plpgsql security definer
           as $$ begin insert into public.notes values (2); return 2; end $$",
    );
    let source = stage.source(json!({"connections": 1}));
    for sql in [
        "select nextval('numbers')",
        "select setval('numbers', 100)",
        "select note()",
        "select loud()",
        "with x as (insert into notes values (3) returning a) select a from x",
        "delete from notes",
        "truncate notes",
        "create table x as select 1",
        "select 1 into x",
        "grant select on notes to public",
        "vacuum notes",
        "lock table notes",
        "select a from notes for update",
    ] {
        let outcome = stage.ask(&source, sql.into()).await;
        let is_refused =
            matches!(outcome, Err(SourceError::Refused { .. } | SourceError::Failed { .. }));
        assert!(is_refused, "{sql}: {outcome:?}");
    }
    // Old versions let a transaction that reads make these; its end takes them back.
    for sql in ["select lo_create(0)", "select lo_from_bytea(0, 'x')", "select pg_notify('a', 'b')"]
    {
        let _ = stage.ask(&source, sql.into()).await;
    }
    let left = "select count(*) from notes union all select count(*) from pg_largeobject_metadata
                union all select last_value from numbers";
    assert_eq!(stage.cluster.ask(left).unwrap(), "0\n0\n1");
    for sql in ["commit", "copy notes to stdout", "copy notes to program 'cat'", "show all"] {
        let outcome = stage.ask(&source, sql.into()).await;
        assert!(outcome.is_err() || sql == "show all", "{sql}: {outcome:?}");
    }
    assert_eq!(
        stage.text(&source, "select 1, current_setting('transaction_read_only')").await,
        "1 on"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_programs_of_the_server_are_for_others() {
    let stage = Stage::set();
    let source = stage.source(json!({}));
    for sql in [
        "select pg_read_file('/etc/passwd')",
        "select pg_ls_dir('/')",
        "select lo_import('/etc/passwd')",
        "select * from pg_shadow",
        "select pg_reload_conf()",
        "load 'auto_explain'",
    ] {
        let outcome = stage.ask(&source, sql.into()).await;
        assert!(outcome.is_err(), "{sql}: {outcome:?}");
    }
}
