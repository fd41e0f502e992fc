const PATTERN = /^trib-(\d+)-\d+/

let labsOfThisProcess = 0

/** What every namespace, folder and mount of one lab begins with: `trib-<pid>-<n>`. */
export function nextLabName(): string {
  labsOfThisProcess += 1
  return `trib-${process.pid}-${labsOfThisProcess}`
}

/** Whether the name is that of a lab whose process has died without cleaning up. */
export function isOrphan(name: string): boolean {
  const pid = name.match(PATTERN)?.[1]
  return pid !== undefined && !isAlive(Number(pid))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It may be somebody else's, and lives.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
