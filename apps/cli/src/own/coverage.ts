import type { Coverage } from "@isinglass/compat";
import { ASSIST_NAMES, type CpuModel, instructionFeatures, isaOf, MODE_LONG } from "@isinglass/cpu-x86";
import { FORMS } from "@isinglass/isa-x86";
import { EAGER_POLICY, shapeOfCode } from "@isinglass/machine";
import { DecodedForm, type FormInfo, OP } from "@isinglass/uops";
import { encodingsOfForms } from "./encodings.js";

const NOT_IMPLEMENTED = ASSIST_NAMES.indexOf("not-implemented");

function isImplemented({ ir }: FormInfo): boolean {
  return !ir.op.some((op, i) => op === OP.assist && ir.x[i] === NOT_IMPLEMENTED);
}

/** Counts, out of a model's own tables, how many forms of an instruction set have semantics and can be compiled. */
export function coverageOf(model: CpuModel, isa: string): Coverage {
  const has = instructionFeatures(model);
  const guest = isaOf(model);
  const decoded = new DecodedForm();
  let [forms, executed, compiled] = [0, 0, 0];
  for (const [index, encodings] of encodingsOfForms()) {
    const { features } = FORMS[index]!;
    if (!features.includes(isa) || !features.every((name) => has.has(name))) continue;
    forms += 1;
    const isExecuted = encodings.every((bytes) => {
      guest.decode(bytes, 0, bytes.length, MODE_LONG, decoded);
      return isImplemented(guest.form(decoded.form));
    });
    if (!isExecuted) continue;
    executed += 1;
    if (encodings.every((bytes) => shapeOfCode(guest, bytes, MODE_LONG, 0, EAGER_POLICY) !== undefined)) compiled += 1;
  }
  return { forms, executed, compiled };
}
