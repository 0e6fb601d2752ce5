import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

const LOOK_EVERY_MS = 500;

/**
 * Watches for the end of npm, because npm forwards SIGTERM only to its shell, which forwards it to no process, and a
 * killed npm forwards nothing. The parent of npm may end (nohup, setsid, a service manager, a closed terminal).
 *
 * @returns {AbortSignal} aborted once npm or its shell has ended; never if npm did not start this process
 */
export function whenNpmIsGone() {
  const gone = new AbortController();
  if (process.env.npm_lifecycle_event === undefined) return gone.signal;
  const shellOrNpm = process.ppid;
  const { parentPid, command } = processRow(shellOrNpm) ?? {};
  const npm = command?.[1] === '-c' ? parentPid : undefined; // sh -c 'node …'; some shells step aside for their last command
  const look = setInterval(() => {
    if (process.ppid === shellOrNpm && (npm === undefined || processRow(shellOrNpm)?.parentPid === npm)) return;
    clearInterval(look);
    gone.abort();
  }, LOOK_EVERY_MS);
  look.unref();
  return gone.signal;
}

function processRow(pid) {
  try {
    if (process.platform !== 'linux') {
      const { stdout } = spawnSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' });
      const [parentPid, ...command] = stdout.trim().split(/\s+/);
      return { parentPid: Number(parentPid), command };
    }
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // "pid (name) state ppid …": the name may contain spaces and parentheses, so fields count from the last ")".
    const parentPid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return { parentPid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0') };
  } catch {
    return undefined;
  }
}
