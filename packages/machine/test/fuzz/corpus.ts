import type { Trial } from "./campaign.js";

/** Trials that once found something, or that come to a place to which few come. All of them are run again each time. */
export const CORPUS: readonly (Trial & { readonly why: string })[] = [];
