/** Lifts a fault. Resolves once it is lifted: the process answers again. */
export type EndFault = () => Promise<void>;
