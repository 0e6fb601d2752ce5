/** Ends what was begun. Resolves once it has: a process answers again. */
export type Lift = () => Promise<void>;
