import { readFileSync } from 'node:fs';

/** Megabytes of memory that a process had at most; null where the system does not tell (only Linux does). */
export function peakResident(pid: number): number | null {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(read(pid, 'status')) ?? [];
  return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
}

/** Seconds of CPU time that a process has used, all threads together; null where the system does not tell. */
export function cpuSeconds(pid: number): number | null {
  // After the name, which may have spaces: state is field 3, utime and stime are 14 and 15, in hundredths (proc(5)).
  const fields = read(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];
  return fields.length < 13 ? null : (Number(fields[11]) + Number(fields[12])) / 100;
}

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return ''; // another system
  }
}
