import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { hasCommand, requireOracle } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import { DIFFERENCES } from "./differences.js";
import { PROGRAMS } from "./support/environments.js";
import { initialCr0, program } from "./support/program.js";
import { printReport, report } from "./support/report.js";
import { runOnBoard, runOnIsinglass, runOnQemu } from "./support/run.js";

/**
 * System-side behaviour against QEMU: each program provokes exceptions and transfers case by case and writes what it sees to port E9H.
 * `ISG_RECORD=1` writes QEMU's answers to `recorded/`, for where QEMU is missing.
 */
const qemu = requireOracle("qemu-system-x86_64", hasCommand("qemu-system-x86_64"));
const version = qemu
  ? (execFileSync("qemu-system-x86_64", ["--version"], { encoding: "utf8" }).split("\n")[0] ?? "")
  : "";
const record = process.env["ISG_RECORD"] === "1";

const recordedFile = (name: string): URL => new URL(`recorded/${name}.txt`, import.meta.url);

/** Lines of a recorded file, without the first, which names the QEMU. */
function recorded(name: string): { version: string; text: string } {
  if (!existsSync(recordedFile(name))) return { version: "", text: "" };
  const [first = "", ...lines] = readFileSync(recordedFile(name), "utf8").split("\n");
  return { version: first.slice(2), text: lines.join("\n") };
}

describe.each(PROGRAMS)("$name", ({ name, environment, cases }) => {
  const { image, starts } = program(environment, cases);
  const run = environment.board === true ? runOnBoard : runOnIsinglass;
  const explained = DIFFERENCES.filter((d) => d.program === name);
  const read = (output: string): string =>
    printReport(report(output, cases, environment.bits, initialCr0(environment), starts));

  /** QEMU's answers, in which those that QEMU gets wrong are replaced. */
  function expected(): string {
    const lines = recorded(name).text.split("\n");
    for (const { name: of, isinglass } of explained) {
      const at = lines.findIndex((line) => line.startsWith(`${of}: `));
      expect(at, `${of}: a difference is explained, but there is no such case`).toBeGreaterThanOrEqual(0);
      expect(lines[at], `${of}: explained, but there is no difference`).not.toBe(`${of}: ${isinglass}`);
      lines[at] = `${of}: ${isinglass}`;
    }
    return lines.join("\n");
  }

  it.runIf(qemu && (record || recorded(name).version === version))(
    "QEMU answers as recorded",
    { timeout: 60_000 },
    async () => {
      const text = read(await runOnQemu(image, environment.board));
      if (record) writeFileSync(recordedFile(name), `# ${version}\n${text}`);
      expect(text).toBe(recorded(name).text);
    },
  );

  it("the interpreter answers as QEMU does", { timeout: 60_000 }, () => {
    expect(read(run(image, "interpreter"))).toBe(expected());
  });

  it("code that is compiled before it is executed answers as QEMU does", { timeout: 120_000 }, () => {
    expect(read(run(image, "compiled"))).toBe(expected());
  });

  it("the reference executor answers as QEMU does", { timeout: 120_000 }, () => {
    expect(read(run(image, "reference"))).toBe(expected());
  });
});
