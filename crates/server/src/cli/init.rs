//! `fanlight init`: a new installation.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use model::OperatorScope;
use model::credential::AdminKey;
use store::{Entropy, MasterKey, Store, SystemEntropy};

use super::{Place, complain, installation, print};

/// Makes the master key and the store, and prints the admin key, which is not kept in readable
/// form. Errs when the folder has a master key already.
pub(super) async fn run(place: &Place) -> anyhow::Result<ExitCode> {
    let config = place.config(None)?;
    let folder = &config.data_dir;
    make_private_folder(folder)?;
    let key = match installation::given_key(&config) {
        Some(given) => MasterKey::load(folder, Some(given))?,
        None => MasterKey::create(folder, &SystemEntropy)?,
    };
    let store = installation::open_with(&config, &key).await?;
    ensure!(
        !store.has_admin_key(&OperatorScope::of_command_line()).await?,
        "this installation has an admin key already; `fanlight admin-key reset` replaces it"
    );
    let admin_key = new_admin_key(&store).await?;
    if installation::given_key(&config).is_none() {
        complain(&format!(
            "made {}; keep a copy apart from the database: without it customer tokens and embed \
             secrets cannot be read again",
            folder.join("master.key").display()
        ));
    }
    complain("the admin key follows; it opens everything and is not shown again");
    print(admin_key.expose())?;
    Ok(ExitCode::SUCCESS)
}

/// Makes a folder that only its owner may look into, unless there is one.
pub(super) fn make_private_folder(folder: &Path) -> anyhow::Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("failed to make the folder {}", folder.display()))
}

/// Draws an admin key and puts it in force.
pub(super) async fn new_admin_key(store: &Store) -> anyhow::Result<AdminKey> {
    let mut bytes = [0; 32];
    SystemEntropy.fill(&mut bytes);
    let key = AdminKey::from_random(bytes);
    store.set_admin_key(&OperatorScope::of_command_line(), &key).await?;
    Ok(key)
}
