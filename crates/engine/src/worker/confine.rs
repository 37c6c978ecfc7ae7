//! Takes from the process what it does not need: other files, the network, other programs, and
//! growth without end.
//!
//! What the system does not offer is reported, for the operator's log, and the worker goes on: the
//! engine's own restrictions and the check of each statement hold everywhere.

use std::io;

use super::listing::Listed;
use crate::protocol::Setup;

/// Address space beyond what the engine may use for data: code, stacks, allocators' reserves and
/// what scalar functions take outside of the engine's accounts.
#[cfg(target_os = "linux")]
const ADDRESS_SPACE_RESERVE_BYTES: u64 = 1 << 30;

/// Asks the system to kill this process when the thread that started it ends.
#[cfg(target_os = "linux")]
pub(super) fn die_with_parent() -> io::Result<()> {
    use rustix::process::{Signal, set_parent_process_death_signal};
    Ok(set_parent_process_death_signal(Some(Signal::KILL))?)
}

/// Elsewhere the closed socket alone ends the worker.
#[cfg(not(target_os = "linux"))]
pub(super) fn die_with_parent() -> io::Result<()> {
    Ok(())
}

/// Restricts this process for its life, before the engine starts its threads. Answers what could not
/// be protected. Errs only when a declared file cannot be opened, or lies elsewhere than it should.
#[cfg(target_os = "linux")]
pub(super) fn restrict(setup: &Setup, tables: &[Listed<'_>]) -> Result<Vec<String>, String> {
    let mut unprotected = Vec::new();
    let mut note = |outcome: Result<(), String>| unprotected.extend(outcome.err());
    note(limit_resources(setup).map_err(|error| format!("memory is not limited: {error}")));
    note(linux::limit_files(setup, tables)?);
    note(linux::forbid_network_and_programs());
    Ok(unprotected)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn restrict(_setup: &Setup, _tables: &[Listed<'_>]) -> Result<Vec<String>, String> {
    Ok(vec!["this system offers no restriction of files, network and memory".to_owned()])
}

#[cfg(target_os = "linux")]
fn limit_resources(setup: &Setup) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limit = |bytes| Rlimit { current: Some(bytes), maximum: Some(bytes) };
    let address_space = setup.limits.memory_bytes + ADDRESS_SPACE_RESERVE_BYTES;
    // A dump would put customers' rows on the disk.
    setrlimit(Resource::Core, limit(0))?;
    setrlimit(Resource::As, limit(address_space))?;
    Ok(())
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;
    use std::fs;
    use std::os::fd::{AsFd, AsRawFd};
    use std::path::Path;

    use landlock::{
        ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset,
        RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
    };
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};

    use super::super::listing::Listed;
    use crate::protocol::Setup;

    /// The newest kernel interface whose rights this module names; older kernels enforce fewer.
    const KNOWN: ABI = ABI::V6;

    /// Where the engine looks for the limits of the container when it opens; it crashes when these
    /// exist and cannot be read.
    const SYSTEM_FILES: [&str; 3] =
        ["/proc/self/cgroup", "/sys/fs/cgroup", "/sys/devices/system/cpu"];

    /// Why files are not restricted.
    enum Failure {
        File(String),
        Kernel(RulesetError),
    }

    impl From<RulesetError> for Failure {
        fn from(error: RulesetError) -> Self {
            Self::Kernel(error)
        }
    }

    /// Reading the declared files and anything within the temporary folder remain. Errs for a file
    /// that cannot be opened; the inner result is about the kernel.
    pub(super) fn limit_files(
        setup: &Setup,
        tables: &[Listed<'_>],
    ) -> Result<Result<(), String>, String> {
        let read = BitFlags::from(AccessFs::ReadFile);
        // One after the other: together they would need more descriptors than a process may have.
        let declared = tables.iter().flat_map(|table| {
            let folder = table.folder.as_deref();
            table.files.iter().map(move |file| declared_rule(file, folder).map_err(Failure::File))
        });
        let system = SYSTEM_FILES.iter().filter_map(|path| rule(Path::new(path), read).ok());
        let temporary = rule(&setup.temporary_folder, AccessFs::from_all(KNOWN))?;
        let restricted = || {
            let ruleset = ruleset()?.add_rules(declared)?;
            let ruleset = ruleset.add_rules(system.map(Ok::<_, Failure>))?;
            Ok(ruleset.add_rule(temporary)?.restrict_self()?)
        };
        match restricted() {
            Ok(status) if status.ruleset != RulesetStatus::NotEnforced => Ok(Ok(())),
            Ok(_) => Ok(Err("files are not restricted: the kernel lacks Landlock".to_owned())),
            Err(Failure::Kernel(error)) => Ok(Err(format!("files are not restricted: {error}"))),
            Err(Failure::File(message)) => Err(message),
        }
    }

    /// The right to read one file. Where it lies is asked of the open file: a link may have been put
    /// into its place since it was found.
    fn declared_rule(file: &Path, folder: Option<&Path>) -> Result<PathBeneath<PathFd>, String> {
        let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let opened = PathFd::new(file).map_err(|error| failed(&error))?;
        if let Some(folder) = folder {
            let descriptor = opened.as_fd().as_raw_fd();
            let place = fs::read_link(format!("/proc/self/fd/{descriptor}"));
            if !place.map_err(|error| failed(&error))?.starts_with(folder) {
                return Err(failed(&"is a link that leads out of the folder"));
            }
        }
        Ok(PathBeneath::new(opened, AccessFs::ReadFile))
    }

    fn ruleset() -> Result<RulesetCreated, landlock::RulesetError> {
        Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(KNOWN))?
            .scope(Scope::from_all(KNOWN))?
            .create()
    }

    fn rule(path: &Path, access: BitFlags<AccessFs>) -> Result<PathBeneath<PathFd>, String> {
        let file = PathFd::new(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(PathBeneath::new(file, access))
    }

    /// The kernel refuses every call that opens a socket, starts a program or looks into another
    /// process. The socket to the server is open already.
    pub(super) fn forbid_network_and_programs() -> Result<(), String> {
        let forbidden = [
            libc::SYS_socket,
            libc::SYS_socketpair,
            libc::SYS_connect,
            libc::SYS_bind,
            libc::SYS_listen,
            libc::SYS_accept,
            libc::SYS_accept4,
            libc::SYS_io_uring_setup,
            libc::SYS_execve,
            libc::SYS_execveat,
            libc::SYS_ptrace,
            libc::SYS_process_vm_readv,
            libc::SYS_process_vm_writev,
        ];
        let rules: BTreeMap<_, _> = forbidden.into_iter().map(|call| (call, Vec::new())).collect();
        let refuse = SeccompAction::Errno(libc::EPERM as u32);
        let applied = TargetArch::try_from(std::env::consts::ARCH)
            .and_then(|arch| SeccompFilter::new(rules, SeccompAction::Allow, refuse, arch))
            .and_then(BpfProgram::try_from)
            .map_err(seccompiler::Error::Backend)
            .and_then(|program| seccompiler::apply_filter(&program));
        applied.map_err(|error| format!("network and programs are not forbidden: {error}"))
    }
}
