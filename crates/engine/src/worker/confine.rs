//! Takes from the process what it does not need: other files, the network, other programs, and
//! growth without end.
//!
//! What the system does not offer is reported, for the operator's log, and the worker goes on: the
//! engine's own restrictions and the check of each statement hold everywhere.

use std::io;

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
/// be protected. Errs only when a declared file cannot be opened.
#[cfg(target_os = "linux")]
pub(super) fn restrict(setup: &Setup) -> Result<Vec<String>, String> {
    let mut unprotected = Vec::new();
    let mut note = |outcome: Result<(), String>| unprotected.extend(outcome.err());
    note(limit_resources(setup).map_err(|error| format!("memory is not limited: {error}")));
    note(linux::limit_files(setup)?);
    note(linux::forbid_network_and_programs());
    Ok(unprotected)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn restrict(_setup: &Setup) -> Result<Vec<String>, String> {
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
    use std::path::Path;

    use landlock::{
        ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset,
        RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetStatus, Scope,
    };
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};

    use crate::protocol::Setup;

    /// The newest kernel interface whose rights this module names; older kernels enforce fewer.
    const KNOWN: ABI = ABI::V6;

    /// Where the engine looks for the limits of the container when it opens; it crashes when these
    /// exist and cannot be read.
    const SYSTEM_FILES: [&str; 3] =
        ["/proc/self/cgroup", "/sys/fs/cgroup", "/sys/devices/system/cpu"];

    /// Reading the declared files and anything within the temporary folder remain. Errs for a file
    /// that cannot be opened; the inner result is about the kernel.
    pub(super) fn limit_files(setup: &Setup) -> Result<Result<(), String>, String> {
        let read = BitFlags::from(AccessFs::ReadFile);
        let declared = setup.tables.iter().map(|table| rule(&table.path, read));
        let mut readable = declared.collect::<Result<Vec<_>, _>>()?;
        readable.extend(SYSTEM_FILES.iter().filter_map(|path| rule(Path::new(path), read).ok()));
        let temporary = rule(&setup.temporary_folder, AccessFs::from_all(KNOWN))?;
        let enforced = ruleset()
            .and_then(|ruleset| ruleset.add_rules(readable.into_iter().map(Ok)))
            .and_then(|ruleset: RulesetCreated| ruleset.add_rule(temporary))
            .and_then(RulesetCreated::restrict_self);
        Ok(match enforced {
            Ok(status) if status.ruleset != RulesetStatus::NotEnforced => Ok(()),
            Ok(_) => Err("files are not restricted: the kernel lacks Landlock".to_owned()),
            Err(error) => Err(format!("files are not restricted: {error}")),
        })
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
