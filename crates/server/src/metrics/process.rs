//! What the kernel tells of this process. On systems without `/proc`, nothing.

use std::fs;

/// Memory that is really there, in bytes.
pub(super) fn resident_bytes() -> Option<u64> {
    resident_of(&fs::read_to_string("/proc/self/status").ok()?)
}

/// File descriptors in use.
pub(super) fn open_files() -> Option<u64> {
    Some(fs::read_dir("/proc/self/fd").ok()?.count() as u64)
}

/// File descriptors that the process may have.
pub(super) fn most_files() -> Option<u64> {
    most_files_of(&fs::read_to_string("/proc/self/limits").ok()?)
}

fn resident_of(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// The soft limit; `None` when there is none.
fn most_files_of(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_words_are_read() {
        let status = "Name:\tfanlight\nVmRSS:\t   12345 kB\nThreads:\t4\n";
        assert_eq!(resident_of(status), Some(12_641_280));
        let limits = "Limit                     Soft Limit  Hard Limit  Units\n\
                      Max open files            1024        4096        files\n";
        assert_eq!(most_files_of(limits), Some(1024));
        assert_eq!(most_files_of("Max open files unlimited unlimited files\n"), None);
        assert_eq!(resident_of(""), None);
    }
}
