/** Ends what was begun. Resolves once it has: a process answers again. */
export type EndFault = () => Promise<void>;
