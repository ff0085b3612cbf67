/** A run of measurements out of a file, which may be anything. */
import { IsinglassError } from "@isinglass/interface";
import type { ClaimsRun, ClaimVerdict, Figure, Measurement, Method } from "./claims.js";

const VERDICTS: readonly ClaimVerdict[] = ["holds", "off", "meaningless", "unverifiable", "not measured yet"];
const METHODS: readonly Method[] = ["data", "probe", "cpu"];

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

function hasTexts(value: Fields, ...names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === "string");
}

function isFigure(value: unknown): value is Figure {
  if (!isObject(value) || !hasTexts(value, "what", "unit", "text")) return false;
  const { samples, method } = value;
  return METHODS.includes(method as Method) && Array.isArray(samples) && samples.every(isNumber);
}

function isMeasurement(value: unknown): value is Measurement {
  if (!isObject(value) || !hasTexts(value, "id", "command") || typeof value["noisy"] !== "boolean") return false;
  const { figures, verdict, factor } = value;
  if (!VERDICTS.includes(verdict as ClaimVerdict) || (factor !== undefined && !isNumber(factor))) return false;
  return Array.isArray(figures) && figures.every(isFigure);
}

/**
 * Reads what `isg claims run --out` wrote.
 *
 * @throws IsinglassError ISG_COMPAT_RUN with the first result that is not what it should be
 */
export function readClaimsRun(text: string, name: string): ClaimsRun {
  const fail = (what: string): IsinglassError => new IsinglassError("ISG_COMPAT_RUN", `${name}: ${what}`);
  let run: unknown;
  try {
    run = JSON.parse(text);
  } catch {
    throw fail("not a file that isg claims run --out wrote: it is not JSON");
  }
  if (!isObject(run) || run["schema"] !== 1 || !Array.isArray(run["results"]) || !hasTexts(run, "host", "date"))
    throw fail("not a file that isg claims run --out wrote (schema 1)");
  const wrong = run["results"].findIndex((result) => !isMeasurement(result));
  if (wrong >= 0) throw fail(`results[${wrong}] is no measurement with id, figures, verdict, noisy and command`);
  return run as unknown as ClaimsRun;
}
