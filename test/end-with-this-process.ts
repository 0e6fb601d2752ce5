/**
 * Kills the process groups when this process ends, unless by SIGKILL. Ctrl-C does not reach them, since they are not in
 * the terminal's foreground group.
 *
 * @param pids called at the end, because a restarted process has a new pid
 */
export function endWithThisProcess(pids: () => readonly (number | undefined)[]): void {
  process.once('exit', () => {
    for (const pid of pids()) {
      try {
        if (pid !== undefined) process.kill(pid, 'SIGKILL');
      } catch {
        // already ended
      }
    }
  });
  // `on`, not `once`: Ctrl-C also arrives forwarded by npm, and a second signal without a handler would kill this process.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
}
