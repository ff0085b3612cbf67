import { IsinglassError } from "@isinglass/interface";
import { type CoreOptions, DEFAULT_POLICY, EAGER_POLICY, type TierPolicy } from "@isinglass/machine";
import { type Invocation, type OptionSpec, flag, text } from "./command.js";

/** How a guest's code is executed. */
export type EngineChoice = Pick<CoreOptions, "tier" | "verify">;

/** Options of every command with a guest that say how its code is executed. */
export const ENGINE_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  tier: {
    type: "string",
    value: "interp|jit|auto",
    help: "compile nothing, all at first execution, or what is executed often (the default)",
  },
  policy: {
    type: "string",
    value: "K=V,...",
    help: `when code is compiled: ${Object.keys(DEFAULT_POLICY).join(", ")}; such as threshold=256,batch=8`,
  },
  verify: {
    type: "boolean",
    help: "run each compiled region twice, compiled and interpreted, and end with code 9 at the first difference",
  },
};

function usage(message: string): IsinglassError {
  return new IsinglassError("ISG_CLI_USAGE", message);
}

/** A policy from `key=value,...` over another. */
export function parsePolicy(words: string, base: TierPolicy): TierPolicy {
  const policy: Record<string, number> = { ...base };
  for (const word of words.split(",")) {
    const [, key = "", value = ""] = /^([^=]*)=?(.*)$/.exec(word) ?? [];
    if (!Object.hasOwn(DEFAULT_POLICY, key))
      throw usage(`--policy ${word}: "${key}" is no field; there are ${Object.keys(DEFAULT_POLICY).join(", ")}`);
    const number = Number(value);
    const least = key === "threshold" || key === "patience" || key === "growth" ? 0 : 1;
    if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < least)
      throw usage(`--policy ${word}: ${key} is a whole number from ${least} up`);
    policy[key] = number;
  }
  return policy as unknown as TierPolicy;
}

/** Reads the options of {@link ENGINE_OPTIONS}. */
export function engineChoice(invocation: Invocation): EngineChoice {
  const given = text(invocation, "tier");
  const tier = given === "interp" || given === "jit" ? given : "auto";
  const words = text(invocation, "policy");
  const verify = flag(invocation, "verify");
  if (tier === "interp" && (words !== undefined || verify))
    throw usage(`--tier interp compiles nothing, so --${words === undefined ? "verify" : "policy"} says nothing`);
  return {
    tier: words === undefined ? tier : parsePolicy(words, tier === "jit" ? EAGER_POLICY : DEFAULT_POLICY),
    ...(verify ? { verify } : {}),
  };
}
