//! Where the API is and who calls, by whatever says it; and what is said if that is wrong.

use access::Scope;
use api::AuthSettings;
use testkit::{Fault, Options};

use crate::world::{World, bare, run, run_with};

async fn locked() -> World {
    let options = Options {
        auth: AuthSettings::Keys,
        ..Options::default()
    };
    World::with(options, "/").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_comes_from_the_environment_a_file_standard_input_or_a_profile() {
    let world = locked().await;
    let key = world.stack.key("default", [Scope::ScanRead]).await;
    world.write("key", format!("{key}\n"));
    let none = world.scan("list").await;
    assert_eq!(none.code, Some(5), "{none:?}");
    assert!(none.stderr.contains("SCAN_KEY"), "{none:?}");
    let wrong = "dx_0123456789abcdef_0000".to_owned();
    let mut command = world.command("list");
    command.env("SCAN_KEY", wrong);
    let wrong = run(command).await;
    assert_eq!(wrong.code, Some(5), "{wrong:?}");
    assert!(
        wrong.stderr.contains("The key is from SCAN_KEY"),
        "{wrong:?}"
    );

    let mut command = world.command("list");
    command.env("SCAN_KEY", &key);
    assert_eq!(run(command).await.code, Some(0));
    let in_file = world.scan("list --key-file key").await;
    assert_eq!(in_file.code, Some(0), "{in_file:?}");
    assert!(
        in_file.stderr.contains("chmod 600"),
        "others can read it: {in_file:?}"
    );
    let on_stdin = run_with(world.command("list --key-file -"), Some(&key)).await;
    assert_eq!(on_stdin.code, Some(0), "{on_stdin:?}");

    let url = world.url();
    let file = format!("[profiles.prod]\nurl = \"{url}\"\nkey = \"{key}\"\n");
    world.write("config/data-extraction/config.toml", file);
    let with_file = |arguments: &str| {
        let mut command = bare(world.folder.path(), arguments);
        command.env("XDG_CONFIG_HOME", world.path("config"));
        run(command)
    };
    let by_profile = with_file("list --profile prod").await;
    assert_eq!(by_profile.code, Some(0), "{by_profile:?}");
    let unknown = with_file("list --profile test").await;
    assert_eq!(unknown.code, Some(2), "{unknown:?}");
    assert!(unknown.stderr.contains("it has prod"), "{unknown:?}");
    // A profile's key is for the profile's API.
    let elsewhere = format!(
        "list --profile prod --url {}",
        world.url().replace("127.0.0.1", "localhost")
    );
    let elsewhere = with_file(&elsewhere).await;
    assert_eq!(elsewhere.code, Some(5), "{elsewhere:?}");
    assert!(
        elsewhere.stderr.contains("No key was given"),
        "{elsewhere:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_acts_for_a_tenant_and_a_reader_may_not_submit() {
    let world = locked().await;
    let reader = world.stack.key("acme", [Scope::ScanRead]).await;
    let operator = world.stack.key("default", [Scope::Admin]).await;
    let scan = |key: &str, arguments: &str| {
        let mut command = world.command(arguments);
        command.env("SCAN_KEY", key);
        command
    };
    let refused = run_with(scan(&reader, "submit -"), Some("a@example.com")).await;
    assert_eq!(refused.code, Some(5), "{refused:?}");
    assert!(refused.stderr.contains("scan:write"), "{refused:?}");
    let submitted = scan(&operator, "submit - --no-wait --tenant acme");
    let submitted = run_with(submitted, Some("a@example.com")).await;
    assert_eq!(submitted.code, Some(0), "{submitted:?}");
    let seen = run(scan(&reader, "list --ids")).await;
    assert_eq!(seen.stdout, submitted.stdout, "{seen:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_reached_or_is_something_else_is_named_with_a_way_on() {
    let world = World::start().await;
    let down = bare(world.folder.path(), "list --url http://127.0.0.1:9");
    let down = run(down).await;
    assert_eq!((down.code, &*down.stdout), (Some(6), ""), "{down:?}");
    for said in ["http://127.0.0.1:9/", "--url", "make run"] {
        assert!(down.stderr.contains(said), "{down:?}");
    }
    let elsewhere = world
        .scan(&format!("list --url {}stage", world.url()))
        .await;
    assert_eq!(elsewhere.code, Some(4), "{elsewhere:?}");
    assert!(
        elsewhere.stderr.contains("what stands before `/api/v1/`"),
        "{elsewhere:?}"
    );
    for arguments in [
        "list --url here",
        "status one",
        "list --since soon",
        "submit",
        "submit in",
    ] {
        let done = world.scan(arguments).await;
        assert_eq!(
            (done.code, &*done.stdout),
            (Some(2), ""),
            "{arguments}: {done:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_passes_is_tried_again_and_what_does_not_is_given_up() {
    let world = World::start().await;
    world.be_busy(2);
    let done = world.scan("list").await;
    assert_eq!(done.code, Some(0), "{done:?}");
    world.wire.break_next("GET", Fault::DropAnswer);
    let done = world.scan("list").await;
    assert_eq!(done.code, Some(0), "{done:?}");

    world.be_busy(1_000);
    let done = world.scan("list --retry-for 0").await;
    assert_eq!(done.code, Some(6), "{done:?}");
    assert!(done.stderr.contains("Too Many Requests"), "{done:?}");
    world.be_busy(0);
}
