/** Why the executor returned; in the state's `exitCode`. */
/** The instruction budget is used up, or something pending wants to be looked at. The pc is the next instruction. */
export const EXIT_BUDGET: number = 0;
/** An exception: `faultVector` and `faultError`; the pc is the faulting instruction, which has not happened. */
export const EXIT_FAULT: number = 1;
/** An assist or the memory path recorded an exit of its own; the pc is where to go on. */
export const EXIT_HOST: number = 2;

/** Results of the slow store path. */
export const STORE_DONE: number = 0;
export const STORE_FAILED: number = 1;
/** Done, and the executor is to leave at the next instruction boundary. */
export const STORE_LEAVE: number = 3;
