/** What a terminal showed: commands as they were typed, and their output to the byte. */
export interface TerminalRecording {
  readonly recordedAt: string;
  readonly commands: readonly RecordedCommand[];
}

export interface RecordedCommand {
  readonly typed: string;
  readonly output: string;
  readonly tookMs: number;
}
