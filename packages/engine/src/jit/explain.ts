import { DECODE_NEEDS_MORE, DecodedForm, type GuestIsa } from "@isinglass/uops";
import { COST_MODEL, type CostModel, breakEven } from "./cost-model.js";
import { factsOf } from "./form-facts.js";
import type { TierPolicy } from "./policy.js";
import type { RegionLog, RegionRecord } from "./region-report.js";

const LONGEST = 16;

/** What the interpreter knows of an address. */
export interface Interpreted {
  readonly lo: number;
  readonly hi: number;
  /** Host offset of its byte, below 0: it is not mapped for fetches now, or has not been used for long. */
  readonly hostOffset: number;
  readonly mode: number;
  readonly isDecoded: boolean;
  /** Jumps and branches that ended there, in steps of 128. */
  readonly arrivals: number;
}

/** Why code at an address is executed as it is. */
export interface Explanation {
  readonly address: bigint;
  /** The tier that executes it now. */
  readonly tier: "compiled" | "interpreted" | "not executed";
  /** Each reason in a sentence, the newest last. */
  readonly why: readonly string[];
  readonly arrivals: number;
  /** All that covered the address, oldest first; the last is the one in use, if `tier` is `compiled`. */
  readonly regions: readonly RegionRecord[];
  /** By region: those of the reasons that are its. */
  readonly regionReasons: readonly (readonly string[])[];
  readonly policy: TierPolicy;
  readonly costs: CostModel;
  /** Of the newest region: microseconds to compile it, nanoseconds to execute each of its instructions once, passes after which it has paid. */
  readonly estimate:
    | { readonly compile: number; readonly interpreted: number; readonly compiled: number; readonly passes: number }
    | undefined;
}

/** Why no region can begin at an address. */
function refusal(isa: GuestIsa, bytes: Uint8Array, hostOffset: number, mode: number): string {
  const decoded = new DecodedForm();
  const end = Math.min((hostOffset & ~0xfff) + 4096, hostOffset + LONGEST);
  if (hostOffset < 0) return "its page is not mapped any more";
  if (isa.decode(bytes, hostOffset, end, mode, decoded) === DECODE_NEEDS_MORE)
    return "its first instruction crosses into another page";
  const form = isa.form(decoded.form);
  if (!factsOf(form, isa).compilable)
    return `its first instruction, ${form.name}, is always interpreted: it asks the host, repeats, or writes before something that can fault`;
  return "its page was not at hand when it was to be compiled";
}

/** How it came that something was to be compiled there. */
function found({ address, arrivals, grownAfter }: RegionRecord, policy: TierPolicy): string {
  const at = `0x${address.toString(16)}`;
  if (grownAfter !== undefined) return `at ${at}: grown from the region there after ${grownAfter} entries`;
  if (arrivals > 0) return `found at ${at} after ${arrivals} arrivals (threshold ${policy.threshold})`;
  return policy.threshold === 0
    ? `found at ${at}: everything is compiled before its first execution`
    : `found at ${at}: a region that has grown goes on there, behind an instruction that is always interpreted`;
}

function reasons(record: RegionRecord, policy: TierPolicy, refused: () => string): string[] {
  const { decision } = record;
  const first = found(record, policy);
  if (record.state === "refused") return [first, `refused: ${refused()}`];
  const made =
    decision === undefined
      ? ""
      : decision.waiting >= policy.batch
        ? `compiled in module ${decision.module}, with ${decision.waiting} that waited (batch ${policy.batch})`
        : `compiled in module ${decision.module}, with ${decision.waiting} that waited: ${decision.urgent} further counts had come (patience ${policy.patience})`;
  const gone = {
    written: "dropped: something wrote to one of its pages",
    emptied: "dropped: the code cache was emptied",
    grown: "replaced: it was left often, and a region that takes in where it went is in its place",
    "in the way": "thrown away: there was a region at its entry, or no room",
  };
  return record.dropped === undefined ? [first, made] : [first, made, gone[record.dropped]];
}

/** Puts together what a log and the interpreter know of an address. */
export function explain(isa: GuestIsa, bytes: Uint8Array, log: RegionLog, at: Interpreted): Explanation {
  const { policy } = log;
  const address = BigInt.asUintN(64, (BigInt(at.hi) << 32n) | BigInt(at.lo >>> 0));
  const regions = log.covering(address, at.hostOffset);
  const inUse = regions.findLast(({ state }) => state === "compiled");
  const regionReasons = regions.map((record) =>
    reasons(record, policy, () => refusal(isa, bytes, record.hostOffset, record.mode)),
  );
  const why = regionReasons.flat();
  if (regions.length === 0) {
    if (!at.isDecoded) why.push("no instruction that begins there has been executed as the address is mapped now");
    else if (at.arrivals < policy.threshold)
      why.push(`interpreted: ${at.arrivals} arrivals counted, a region is made after ${policy.threshold}`);
    else why.push(`${at.arrivals} arrivals: it waits for others to be compiled with`);
  }
  const newest = inUse ?? regions.findLast(({ instructions }) => instructions > 0);
  const costs = COST_MODEL;
  return {
    address,
    tier: inUse !== undefined ? "compiled" : at.isDecoded || regions.length > 0 ? "interpreted" : "not executed",
    why,
    arrivals: at.arrivals,
    regions,
    regionReasons,
    policy,
    costs,
    estimate:
      newest === undefined
        ? undefined
        : {
            compile: newest.instructions * costs.compile,
            interpreted: newest.instructions * costs.interpreted,
            compiled: newest.instructions * costs.compiled,
            passes: breakEven(costs),
          },
  };
}
