/**
 * Kills these processes when this one ends, however it ends short of a SIGKILL. They lead process groups of their own,
 * so a Ctrl-C on a test run would leave them behind.
 *
 * @param pids asked at the end: a restarted process has another one
 */
export function endWithThisProcess(pids: () => readonly (number | undefined)[]): void {
  process.once('exit', () => {
    for (const pid of pids()) {
      try {
        if (pid !== undefined) process.kill(pid, 'SIGKILL');
      } catch {
        // ended meanwhile
      }
    }
  });
  // Not once: a Ctrl-C comes from the terminal and from whoever passes it on, and the second would end all this in its middle.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
}
