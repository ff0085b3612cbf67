import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { spawn, spawnSync } from "node:child_process";
import { hasCommand } from "@isinglass/testkit";
import { MAIN, isg, start } from "./support.js";

const COMMANDS = ["run", "boot", "exec", "trace", "disasm", "uops", "doctor", "completion"];

describe("help", () => {
  it("lists every command with an example, and the exit codes", async () => {
    const { code, stdout } = await isg(["--help"]);
    expect(code).toBe(0);
    for (const name of COMMANDS) expect(stdout.match(new RegExp(`^  (.*\\bisg )?${name}( |$)`, "gm"))?.length).toBe(2);
    for (const exit of [0, 1, 2, 3, 4, 5, 6, 7, 8, 130]) expect(stdout).toMatch(new RegExp(`^ +${exit}  \\w`, "m"));
  });

  it.each(COMMANDS)("of %s has its options and an example", async (name) => {
    const { code, stdout } = await isg([name, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^isg ${name}`));
    expect(stdout).toMatch(new RegExp(`^Example\\n  .*\\bisg ${name}( |$)`, "m"));
  });

  it.each(COMMANDS)("of %s is the same by -h, and by help before it", async (name) => {
    const { code, stdout } = await isg([name, "--help"]);
    expect(await isg([name, "-h"])).toEqual({ code, stdout, stderr: "" });
    expect(await isg(["help", name])).toEqual({ code, stdout, stderr: "" });
  });

  it("of isg is the same by -h", async () => {
    expect((await isg(["-h"])).stdout).toBe((await isg(["--help"])).stdout);
  });

  it("has no colours", async () => {
    const { stdout } = await start(["--help"], { env: { NO_COLOR: "1" } });
    expect(stdout).not.toContain("\u001b");
  });

  it("goes to stdout and ends with 2 where no command was given", async () => {
    expect((await isg([])).code).toBe(2);
  });
});

it("--version says the package's version", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(await start(["--version"])).toEqual({ code: 0, stdout: `isinglass ${version}\n`, stderr: "" });
});

describe("a command loads what it needs, and no more", () => {
  // Throws where the machine package or the CPU's semantics are imported.
  const hook = `export function resolve(name, context, next) {
    if (/isinglass\\/(machine|cpu-x86|engine)/.test(name)) throw new Error("loads " + name);
    return next(name, context);
  }`;
  const data = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;
  const watch = data(`import { register } from "node:module"; register(${JSON.stringify(data(hook))});`);
  const watched = { NODE_OPTIONS: `--disable-warning=DEP0205 --import ${watch}` };

  it.each<[args: string[], shows: string]>([
    [["--version"], "isinglass"],
    [["disasm", "48", "01", "c8"], "add rax,rcx"],
  ])("%j without a machine", async (args, shows) => {
    const { code, stdout, stderr } = await start(args, { env: watched });
    expect(stderr).toBe("");
    expect(stdout).toContain(shows);
    expect(code).toBe(0);
  });

  it("which the watch on it would tell", async () => {
    const { stderr } = await start(["exec", "--code", "f4"], { env: watched });
    expect(stderr).toMatch(/^isg: loads @isinglass\/\w/);
  });
});

describe("a wrong command line ends with 2 and one line", () => {
  it.each<[why: string, args: string[], message: RegExp]>([
    ["no such command", ["fly"], /no command "fly"; there are run, boot/],
    ["no such command to help with", ["help", "fly"], /^isg: no command "fly"; there are run, boot/],
    ["a command that is a property of every object", ["toString"], /^isg: no command "toString"; there are run/],
    ["an option of no command", ["--nope"], /^isg: no option --nope; see isg --help$/],
    [
      "no such option",
      ["run", "--kernal", "x"],
      /^isg run: no option --kernal; is --kernel meant\?; see isg run --help$/,
    ],
    [
      "an option without its value",
      ["run", "--kernel"],
      /^isg run: --kernel FILE: the value is missing; see isg run --help$/,
    ],
    [
      "bytes for memory",
      ["run", "--kernel", MAIN_AS_FILE(), "--memory", "3"],
      /^--memory 3: a guest has 2M to 3G, in whole mebibytes \(a number without K, M or G is in bytes\)$/,
    ],
    ["too much memory", ["boot", "builtin", "--memory", "99999G"], /^--memory 99999G: a guest has 2M to 3G, in whole/],
    ["1 MB of memory", ["boot", "debian", "--memory", "1M"], /^--memory 1M: a guest has 2M to 3G/],
    ["4 GB of memory", ["jit", "0x10", "--kernel", MAIN_AS_FILE(), "--memory", "4G"], /^--memory 4G: a guest has 2M/],
    ["half a mebibyte", ["boot", "builtin", "--memory", "2560K"], /^--memory 2560K: a guest has 2M to 3G, in whole/],
    [
      "no such CPU",
      ["run", "--kernel", MAIN_AS_FILE(), "--cpu", "zz"],
      /^--cpu zz: x86-64, x86-64-v2, x86-64-v3 or max$/,
    ],
    [
      "no such CPU for code",
      ["exec", "--code", "90", "--cpu", "zz"],
      /^--cpu zz: x86-64, x86-64-v2, x86-64-v3 or max$/,
    ],
    [
      "a CPU with a feature that there is not",
      ["exec", "--code", "90", "--cpu", "max,-nothing"],
      /^--cpu max,-nothing: "-nothing" changes no feature; /,
    ],
    [
      "a CPU named as a property",
      ["boot", "builtin", "--cpu", "toString"],
      /^--cpu toString: x86-64, x86-64-v2, x86-64-v3 or max$/,
    ],
    ["no processor", ["boot", "builtin", "--smp", "0"], /^--smp 0: a guest has 1 to 8 processors$/],
    ["more processors than there are", ["boot", "debian", "--smp", "9"], /^--smp 9: a guest has 1 to 8 processors$/],
    ["a word for processors", ["boot", "builtin", "--smp", "two"], /^--smp two: a guest has 1 to 8 processors$/],
    [
      "two processors, verified",
      ["boot", "builtin", "--smp", "2", "--verify"],
      /^--smp 2: --verify follows one processor; leave one of them out$/,
    ],
    ["no such tier", ["boot", "builtin", "--tier", "z"], /^--tier z: interp, jit or auto$/],
    [
      "a flag that no disk has",
      ["boot", "builtin", "--disk", "trunc,rx"],
      /^--disk trunc,rx: no flag "rx"; FILE or FILE,ro/,
    ],
    [
      "a snapshot of a raw disk",
      ["boot", "builtin", "--disk", "trunc,snapshot=a"],
      /^--disk trunc,snapshot=a: snapshots are in qcow2 images; add format=qcow2$/,
    ],
    ["a flag of no disk", ["boot", "builtin", "--disk", ",ro"], /^--disk ,ro: the file is missing; FILE,ro is right$/],
    ["an empty name", ["run", "--kernel", ""], /^--kernel "": the value is empty; FILE is wanted$/],
    ["an empty number", ["boot", "builtin", "--limit="], /^--limit "": the value is empty; N is wanted$/],
    ["a number that is too large", ["boot", "builtin", "--limit", "99999999999999999999"], /to 9007199254740991$/],
    ["no guest", ["boot"], /^isg boot: say debian or builtin$/],
    ["no shell", ["completion"], /^isg completion: say bash, zsh or fish$/],
    [
      "a kernel for the built-in guest",
      ["boot", "builtin", "--kernel", "k"],
      /^isg boot builtin: --kernel belongs to isg/,
    ],
    ["a word that doctor has no use for", ["doctor", "x"], /^isg doctor: "x" belongs to no option$/],
    ["nothing to disassemble there", ["disasm", "90", "--offset", "5"], /^--offset 5: nothing is left of 1 byte$/],
    ["no kernel", ["run"], /--kernel FILE is needed/],
    ["a word too many", ["run", "--kernel", "x", "y"], /"y" belongs to no option/],
    ["a size that is none", ["run", "--kernel", MAIN_AS_FILE(), "--memory", "lots"], /--memory lots: not a size/],
    ["no code", ["exec"], /--code FILE\|HEX is needed/],
    ["a mode that is none", ["exec", "--code", "90", "--mode", "8"], /--mode 8: 16, 32 or 64/],
    ["a number that is none", ["disasm", "90", "--length=-1"], /--length -1: not a whole number/],
    ["a negative number", ["disasm", "90", "--length", "-1"], /^--length -1: not a whole number from 0 up$/],
    [
      "a negative size",
      ["boot", "builtin", "--memory", "-5"],
      /^--memory -5: not a size, which cannot be negative; write it as/,
    ],
    [
      "an option in place of a value",
      ["disasm", "90", "--base", "--mode"],
      /^isg disasm: --base ADDRESS: "--mode" is an option, not a value \(if it is one: --base=--mode\)$/,
    ],
    ["a short option that is none", ["run", "-x"], /^isg run: no option -x; see isg run --help$/],
    ["a value where there is none", ["run", "--stats=yes"], /^isg run: --stats takes no value; see isg run --help$/],
    [
      "no hexadecimal",
      ["disasm", "zz"],
      /^isg disasm: "zz" is neither hexadecimal bytes, such as "48 01 c8", nor a file$/,
    ],
    ["half a byte", ["uops", "480"], /^isg uops: "480" has 3 hexadecimal digits; a byte has two$/],
    ["code that is none", ["exec", "--code", "zz"], /^--code "zz" is neither hexadecimal bytes/],
    [
      "a byte that is none",
      ["disasm", "48", "xy"],
      /"48 xy" is neither hexadecimal bytes nor one file: "xy" is no byte$/,
    ],
    ["a guest that is not known", ["boot", "windows"], /say debian or builtin/],
    ["neither hexadecimal nor a file", ["disasm", "xy", "zz"], /neither hexadecimal bytes nor one file/],
    ["no bytes", ["disasm"], /give a file or hexadecimal bytes/],
    ["a mode that is none", ["disasm", "90", "--mode", "48"], /--mode 48: 16, 32 or 64/],
    ["a mode that is none", ["uops", "90", "--mode", "x"], /--mode x: 16, 32 or 64/],
    ["no shell that is known", ["completion", "csh"], /bash, zsh or fish/],
  ])("%s", async (_why, args, message) => {
    const { code, stdout, stderr } = await isg(args);
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});

/** Any file that exists. */
function MAIN_AS_FILE(): string {
  return process.execPath;
}

it("a reader that has gone away is no error", async () => {
  // 8 MiB of text, of which one line is read.
  const child = spawn(process.execPath, [MAIN, "disasm", process.execPath, "--length", "500000"]);
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.once("data", () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect(stderr).toBe("");
  expect(code).toBe(0);
});

describe("completion", () => {
  const words = (...given: readonly string[]): readonly string[] => {
    const line = `source <("${process.execPath}" "${MAIN}" completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _isg; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = spawnSync("bash", ["--norc", "-c", line, "bash", ...given], { encoding: "utf8" });
    return stdout.split("\n").filter((word) => word !== "");
  };
  it.runIf(hasCommand("bash")).each<[given: string[], found: string[]]>([
    [
      ["isg", "run", "--tier", ""],
      ["interp", "jit", "auto"],
    ],
    [["isg", "run", "--tier", "j"], ["jit"]],
    // As bash takes --tier=i apart.
    [["isg", "run", "--tier", "=", "i"], ["interp"]],
    [
      ["isg", "boot", "builtin", "--cpu", ""],
      ["x86-64", "x86-64-v2", "x86-64-v3", "max"],
    ],
    [
      ["isg", "exec", "--mode", ""],
      ["16", "32", "64"],
    ],
    [["isg", "trace", "--against", ""], ["qemu"]],
    [
      ["isg", "run", "--save-at", "l"],
      ["limit", "left"],
    ],
    [["isg", "run", "--limit", ""], []],
    [["isg", "run", "--max", ""], []],
    [["isg", "boot", "d"], ["debian"]],
    [["isg", "run", "--kernel", "/et"], ["/etc"]],
  ])("in bash, %j", (given, found) => {
    expect(words(...given)).toEqual(found);
  });

  it("for fish has the values of options, and files only where they belong", async () => {
    const { stdout } = await isg(["completion", "fish"]);
    expect(stdout).toContain(
      "complete -c isg -n '__fish_seen_subcommand_from run' -l tier -x -a 'interp jit auto' -d ",
    );
    expect(stdout).toContain("complete -c isg -n '__fish_seen_subcommand_from exec' -l limit -x -d ");
    expect(stdout).toContain("complete -c isg -n '__fish_seen_subcommand_from run' -l kernel -r -F -d ");
    expect(stdout).toContain("complete -c isg -n '__fish_seen_subcommand_from boot' -f\n");
  });

  it.each(["bash", "zsh", "fish"])("for %s knows every command and every option of run", async (shell) => {
    const { code, stdout } = await isg(["completion", shell]);
    expect(code).toBe(0);
    for (const name of COMMANDS) expect(stdout).toContain(name);
    for (const option of ["kernel", "initrd", "append", "memory", "disk", "cpu", "stats", "json", "limit"])
      expect(stdout).toContain(option);
  });
});

it("doctor reports as JSON what it reports as text", async () => {
  const { code, stdout } = await isg(["doctor", "--json"]);
  expect(code).toBe(0);
  const report = JSON.parse(stdout) as {
    node: string;
    webassembly: Record<string, boolean>;
    tools: Record<string, boolean>;
  };
  expect(report.node).toBe(process.version);
  expect(report.webassembly["bulk memory"]).toBe(true);
  expect((await start(["doctor"], { env: { PATH: "" } })).stdout).toMatch(/^apt-get +no /m);
});
