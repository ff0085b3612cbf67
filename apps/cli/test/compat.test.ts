import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { ClaimsRun } from "@isinglass/compat";
import { isg, start } from "./support.js";

const folder = mkdtempSync(join(tmpdir(), "isg-compat-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface JsonCell {
  readonly row: string;
  readonly column: string;
  readonly level: number;
  readonly command: string;
}

const cellsOf = (stdout: string): JsonCell[] => (JSON.parse(stdout) as { cells: JsonCell[] }).cells;

/** Words of a command line in which nothing is quoted. */
const shellWords = (command: string): string[] => command.split(" ");

describe("isg matrix", () => {
  it("finds cells out again by the command that they name", async () => {
    const { stdout } = await isg(["matrix", "--on", "x86-64-v2,Haswell,max,interpreter,jit:x86-64", "--json"]);
    const cells = cellsOf(stdout);
    expect(cells.length).toBeGreaterThan(400);
    // `npm run bench -- matrix-cells` takes all.
    for (const cell of cells.filter((c, i) => i % 60 === 0 || i < 6 || c.row === "SHA-3")) {
      const again = await isg([...shellWords(cell.command).slice(1), "--json"]);
      expect(cellsOf(again.stdout), `by ${cell.command}`).toEqual([cell]);
    }
  });

  it("counts what our engines execute out of their own tables", async () => {
    const { stdout } = await isg(["matrix", "sse2", "--on", "interpreter:x86-64,jit:x86-64", "--why", "sse2"]);
    const [, executed, forms] = /^ {2}(\d+) of its (\d+) forms are executed$/m.exec(stdout)!.map(Number);
    expect(forms).toBeGreaterThan(100);
    expect(executed).toBe(forms);
    const [, , compiled] = /^ {2}(\d+) of its \d+ forms are executed, (\d+) of them compiled$/m
      .exec(stdout)!
      .map(Number);
    expect(compiled).toBeGreaterThan(forms! / 2);
    expect((await isg(["matrix", "sse2", "--on", "jit:foo"])).stderr).toMatch(/no model "foo"/);
  });

  it("prints the evidence and the command of a cell", async () => {
    const { stdout } = await isg(["matrix", "bmi1/2", "lzcnt", "--on", "Nehalem", "--why", "abm/Nehalem"]);
    expect(stdout).toMatch(
      /abm on Nehalem: 0d\n.*80000001:ECX\[5\] is clear\n {2}lzcnt runs as bsr: another result\n {2}again: isg matrix --on Nehalem --why abm\n/,
    );
  });

  it("writes a page", async () => {
    const file = join(folder, "matrix.html");
    expect((await isg(["matrix", "--on", "Haswell", "--html", file, "--lang", "zh-CN"])).code).toBe(0);
    expect(readFileSync(file, "utf8")).toContain("CPU 兼容性矩阵");
  });
});

describe("isg cpu", () => {
  it("shows a CPU and writes it for hypervisors", async () => {
    expect((await isg(["cpu", "Haswell"])).stdout).toMatch(/^Haswell: Intel Core.*\nlevel: x86-64-v3\nfeatures: fpu /);
    expect((await isg(["cpu", "Haswell", "--as", "qemu"])).stdout).toMatch(/^Haswell\n$/);
    // A dump whose leaf 80000007H says that the TSC never stops.
    const dump = join(folder, "invtsc.txt");
    writeFileSync(dump, "CPU 0:\n   0x80000007 0x00: eax=0x00000000 ebx=0x00000000 ecx=0x00000000 edx=0x00000100\n");
    const { stderr } = await isg(["cpu", dump, "--as", "qemu"]);
    expect(stderr).toMatch(/^not written, for the machine decides: invtsc: QEMU has it as \+invtsc/m);
    const xml = join(folder, "cpu.xml");
    writeFileSync(xml, (await isg(["cpu", "x86-64-v3", "--as", "libvirt"])).stdout);
    expect((await isg(["cpu", xml])).stdout).toContain("level: x86-64-v3");
    const spaced = join(folder, "it is one");
    writeFileSync(spaced, readFileSync(xml));
    const { stdout: evidence } = await isg(["matrix", "avx2", "--on", spaced, "--why", "avx2"]);
    expect(evidence).toContain(`again: isg matrix --on '${spaced}' --why avx2\n`);
    const { stdout } = await isg(["cpu", "Nehalem", "--as", "firecracker"]);
    expect(JSON.parse(stdout)).toHaveProperty("cpuid_modifiers");
    expect((await isg(["cpu", "Nehalem", "--as", "kubevirt"])).stdout).toMatch(/^cpu:\n {2}model: "Nehalem"\n/);
  });
});

describe("isg isa and isg vuln", () => {
  it("count, list layers and say what a file uses", async () => {
    expect((await isg(["isa", "count"])).stdout).toMatch(/^mnemonic +1\d\d\d /m);
    expect((await isg(["isa", "layers", "--width"])).stdout).toMatch(/^sse4\.1 .*128 bits/m);
    expect((await isg(["isa", "layers", "--width"])).stdout).toMatch(/^avx2 .*256 bits/m);
    expect((await isg(["isa", "used", "/bin/true", "--json"])).stdout).toContain('"instructions"');
    expect((await isg(["isa", "virtualizable"])).stdout).toMatch(/^classic .* 17: CALL/m);
  });

  it("compare two CPUs: what faults, what silently differs, what the machine loses", async () => {
    const { stdout } = await isg(["isa", "diff", "Haswell", "Nehalem"]);
    expect(stdout).toMatch(/^Haswell \(QEMU 7\.2 model\): x86-64-v3\nNehalem \(QEMU 7\.2 model\): x86-64-v2\n/);
    expect(stdout).toMatch(/^lost on Nehalem, whose instructions fault without it: .*\bavx2 bmi2\b/m);
    expect(stdout).toMatch(/^lost on Nehalem, .* do not fault: bmi1 \(tzcnt runs as bsf, the rest faults\)/m);
    expect(stdout).not.toMatch(/^gained/m);
    const back = JSON.parse((await isg(["isa", "diff", "Nehalem", "Haswell", "--json"])).stdout) as {
      lost: unknown[];
      gained: { feature: string; consequence: string }[];
    };
    expect(back.lost).toEqual([]);
    expect(back.gained).toContainEqual(expect.objectContaining({ feature: "avx2", consequence: "fault" }));
    expect((await isg(["isa", "diff", "Haswell", "Haswell"])).stdout).toContain("the same features");
  });

  it("check models and dumps", async () => {
    expect((await isg(["vuln", "--on", "Skylake-Server"])).stdout).toMatch(/^gather_data_sampling +affected/m);
    expect((await isg(["vuln", "--map", "--on", "Haswell"])).stdout).toContain("CVE-2023-2073");
  });
});

describe("bad input is one line and no stack", () => {
  const broken = join(folder, "broken.txt");
  writeFileSync(broken, "CPU 0:\n   0x00000000 0x00: eax=0x0");
  it.each([
    [["isa", "layers", "extra"], 2, /isa layers: "extra"; it takes no further word/],
    [["isa"], 2, /layers, count, used FILE, diff A B or virtualizable/],
    [["isa", "count", "--width"], 2, /isa count: --width would change nothing/],
    [["isa", "layers", "--by", "form", "--all"], 2, /isa layers: --by and --all would change nothing/],
    [["isa", "virtualizable", "--all"], 2, /without --mode or --json: --all would/],
    [["isa", "diff", "Haswell"], 2, /isa diff: give two of host, a model or a dump/],
    [["isa", "diff", "Haswell", "Frobnicator"], 1, /no CPU model that is known/],
    [["cpu", "Haswell", "--as", "qemu", "--json"], 2, /--json would change nothing/],
    [["vuln", "--json", "--map"], 2, /--map would change nothing/],
    [["needs", "/bin/true", "--json", "--path"], 2, /--path would change nothing/],
    [["matrix", "--on", "Haswell", "--lang", "en"], 2, /without --html: --lang would/],
    [["matrix", "avx2", "--on", "Haswell", "--probe"], 2, /--probe: none of these columns can be probed/],
    [["matrix", "--on", "Haswell", "--html", "x.html", "--json"], 2, /--html: --json would/],
    [["claims", "list", "--samples", "30"], 2, /claims list: --samples would/],
    [["claims", "run", "A2.2", "--from", "x"], 2, /claims run: --from would/],
    [["claims", "html", "x.html", "--json"], 2, /claims html: --json would/],
    [["isa", "count", "--by", "colour"], 2, /--by colour: mnemonic, opcode/],
    [["isa", "used", broken], 1, /no ELF file/],
    [["isa", "used", "/nowhere/x"], 1, /no such file/],
    [["cpu", "Frobnicator"], 1, /no CPU model that is known/],
    [["cpu", "host", "x"], 2, /one of host, a model or a dump/],
    [["cpu", "Haswell", "--as", "cpuid"], 1, /needs the CPUID leaves/],
    [["cpu", "Haswell", "--as", "xen"], 2, /kubevirt/],
    [["cpu", "/dev/zero"], 1, /is no regular file/],
    [["vuln", "--on", "Frobnicator"], 1, /no CPU model that is known/],
    [["vuln", "--on", broken], 1, /broken\.txt, line 2: /],
    [["matrix", "avx9"], 1, /"avx9" is no CPU feature/],
    [["matrix", "--on", "Haswell,"], 1, /an empty word/],
    [["matrix", "--on", "Haswell", "--why", "x/y"], 2, /no such cell.* the columns are Haswell \(--on takes others\)/],
    [["matrix", "--html", join(folder, "none", "x.html")], 1, /there is no folder/],
    [["matrix", "--on", "Haswell", "--html", "x.html", "--lang", "fr"], 2, /en or zh-CN/],
  ])("%j", async (args, code, message) => {
    const outcome = await isg(args);
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr.trimEnd().split("\n").length).toBe(1);
  });
});

describe("isg needs and isg claims", () => {
  it("say what a program needs and whether it runs", async () => {
    // The built program: the test runner's own form of the code takes six times as long over a C library.
    const { code, stdout } = await start(["needs", "/bin/true", "--on", "core2duo", "--static"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/without a guard: nothing beyond x86-64-v1\n/);
    expect(stdout).toMatch(/behind guards: .*avx2/);
    expect(stdout).toMatch(/core2duo {2}runs {2}what goes beyond the CPU is behind guards/);
  });

  it("say of each file what is wrong with it, and go on with the others", async () => {
    const bad = join(folder, "no-elf");
    writeFileSync(bad, "#!/bin/sh");
    const { code, stdout, stderr } = await start(["needs", bad, "/bin/true", "/nowhere/x", "--on", "max"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^\/bin\/true: [\s\S]*max {2}runs/);
    expect(stderr.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/no-elf: no ELF file/),
      "/nowhere/x: no such file",
    ]);
    const json = await start(["needs", bad, "--json"]);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toEqual([{ file: bad, error: expect.stringMatching(/no ELF file/) }]);
  });

  it("count what a guest's page fault asks of our machine", async () => {
    const { stdout } = await isg(["claims", "run", "A3.6", "--json"]);
    const [result] = (JSON.parse(stdout) as ClaimsRun).results;
    expect(result!.verdict).toBe("off");
    expect(result!.figures.slice(0, 2).map(({ what, text }) => [what, text])).toEqual([
      ["TLB flushes for a guest's page fault, our machine", "0"],
      ["exits to the hypervisor", "0"],
    ]);
  });

  it("list the claims and write the page", async () => {
    expect((await isg(["claims", "list", "A3.2"])).stdout).toMatch(
      /^A3\.2 .*host 3\.2 ns.*not measured yet +not measured yet$/m,
    );
    const { stdout } = await isg(["claims", "run", "A3.15", "--lang", "zh-CN"]);
    expect(stdout).toMatch(/^A3\.15 .*17.*无意义/m);
    const [run, page] = [join(folder, "run.json"), join(folder, "claims.html")];
    await isg(["claims", "run", "A2.2", "--out", run]);
    expect((await isg(["claims", "html", page, "--from", run])).stdout).toContain("91 rows, 1 measured");
    expect(readFileSync(page, "utf8")).toContain("480 base of 1104");
  });

  it.each([
    [["needs"], 2, /give one or more programs/],
    [["needs", join(folder, "broken.txt")], 1, /no ELF file/],
    [["needs", "/bin/ls", "--on", "Haswell,,Nehalem"], 2, /--on Haswell,,Nehalem: an empty word/],
    [["needs", "/nowhere"], 1, /no such file/],
    [["needs", "/dev/zero"], 1, /is no regular file/],
    [["needs", folder], 1, /is a folder/],
    [["claims", "html", "a.html", "b.html"], 2, /the one file to write/],
    [["claims", "run", "A3.2", "--out", join(folder, "none", "run.json")], 1, /there is no folder/],
    [["claims", "frobnicate"], 2, /list, run or html/],
    [["claims", "run", "B1"], 2, /no row "B1"/],
    [["claims", "run", "--samples", "3"], 2, /at least 30/],
    [["claims", "list", "--from", join(folder, "broken.txt")], 1, /it is not JSON/],
    [["claims", "list", "--from", join(folder, "none.json")], 1, /no such file; isg claims run --out/],
    [["claims", "list", "--from", join(folder, "broken.json")], 1, /results\[0\] is no measurement/],
  ])("%j is one line and no stack", async (args, code, message) => {
    writeFileSync(join(folder, "broken.txt"), "CPU");
    writeFileSync(join(folder, "broken.json"), '{"schema":1,"host":"","date":"","results":[{"id":"A3.2"}]}');
    const outcome = await isg(args);
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr.trimEnd().split("\n").length).toBe(1);
  });
});
