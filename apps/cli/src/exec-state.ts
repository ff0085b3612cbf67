import { IsinglassError } from "@isinglass/interface";
import type { ExecRequest } from "@isinglass/machine";
import { readInput } from "./input.js";

/** What a file of `--state` may hold: any part of a request. See docs/exec-schema.md. */
export type ExecState = Partial<ExecRequest>;

type Check = (value: unknown, where: string) => string | undefined;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const number: Check = (value, where) =>
  typeof value === "number" || typeof value === "string"
    ? undefined
    : `${where} is not a number or text such as "0x1000"`;
const integer: Check = (value, where) => (Number.isSafeInteger(value) ? undefined : `${where} is not a whole number`);
const boolean: Check = (value, where) => (typeof value === "boolean" ? undefined : `${where} is not true or false`);
const string: Check = (value, where) => (typeof value === "string" ? undefined : `${where} is not text`);

const mode: Check = (value, where) =>
  value === 16 || value === 32 || value === 64
    ? undefined
    : `${where} is ${JSON.stringify(value)}; 16, 32 or 64 is right`;

/** An object with these members, all optional but those in `required`. */
function object(members: Readonly<Record<string, Check>>, required: readonly string[]): Check {
  return (value, where) => {
    if (!isObject(value)) return `${where} is not an object`;
    for (const name of required) if (!Object.hasOwn(value, name)) return `${where} has no "${name}"`;
    for (const [name, member] of Object.entries(value)) {
      const check = Object.hasOwn(members, name) ? members[name] : undefined;
      if (check === undefined) return `${where} has "${name}"; there are ${Object.keys(members).join(", ")}`;
      const problem = check(member, where === TOP ? `"${name}"` : `"${name}" of ${where}`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

const registers: Check = (value, where) => {
  if (!isObject(value)) return `${where} is not an object`;
  for (const [name, member] of Object.entries(value)) {
    const problem = number(member, `"${name}" of ${where}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
};

const REGION = object({ address: number, bytes: string, length: number, writable: boolean, executable: boolean }, [
  "address",
]);

const regions: Check = (value, where) => {
  if (!Array.isArray(value)) return `${where} is not a list`;
  for (const [i, region] of value.entries()) {
    const problem = REGION(region, `region ${i} of ${where}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
};

const TOP = "the file";
const STATE = object(
  {
    code: string,
    mode,
    address: number,
    user: boolean,
    max: integer,
    cpu: string,
    registers,
    memory: regions,
  },
  [],
);

/** Reads the file of `--state`; throws ISG_CLI_STATE with one clear line if it is damaged. */
export async function readExecState(path: string): Promise<ExecState> {
  const source = new TextDecoder().decode(await readInput(path, "--state"));
  let state: unknown;
  try {
    state = JSON.parse(source);
  } catch (problem) {
    const why = (problem instanceof Error ? problem.message : "").split("\n")[0];
    throw new IsinglassError("ISG_CLI_STATE", `--state ${path}: not JSON: ${why}`);
  }
  const problem = STATE(state, TOP);
  if (problem !== undefined) throw new IsinglassError("ISG_CLI_STATE", `--state ${path}: ${problem}`);
  return state as ExecState;
}
