import { readFileSync } from 'node:fs'

/** Linux counts processor time in hundredths of a second (USER_HZ), whatever the kernel ticks. */
const TICKS_PER_SECOND = 100

/** Processor time of a process with all its threads, user and system, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // proc(5): the command, in brackets, may hold spaces; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** The most resident memory that a process has had, in MB (10^6 bytes). */
export function peakMemoryMb(pid: number): number {
  return (statusKib(pid, 'VmHWM') * 1_024) / 1_000_000
}

/** The resident memory of a process now, in MB (10^6 bytes). */
export function memoryMb(pid: number): number {
  return (statusKib(pid, 'VmRSS') * 1_024) / 1_000_000
}

function statusKib(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN)
}
