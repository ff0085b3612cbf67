// The hot path of a boot allocates no BigInt and looks nothing up in a Map: neither is among the 20 functions of a CPU profile with the most
// time of their own, neither as built-in functions of the engine nor in the source of ours.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MIB, isinglass, reportFailure, run } from "./lib/emulators.mjs";
import { COMMAND_LINE, guestFiles } from "./lib/guest-files.mjs";
import { readOptions } from "./lib/options.mjs";
import { printTable } from "./lib/table.mjs";

const options = readOptions(
  `usage: npm run bench -- profile-boot [--kernel installer|cloud] [--node PATH]

Boots the kernel to the shell under --cpu-prof and prints the 20 functions with the most time of their own. The exit code is 1 where one of them is a method of
BigInt or Map, or has either in its source.`,
  { kernel: { type: "string", default: "cloud" }, node: { type: "string" } },
);
const TOP = 20;
/** V8's names of built-in functions, which have no URL in a profile. */
const BUILTIN = /bigint|^(asIntN|asUintN|get|set|has|delete|forEach|entries|keys|values|next|clear)$|Map/i;
const IN_SOURCE = [
  [/\bBigInt\b|\b\d+n\b|\b0x[0-9a-f]+n\b|\b[gs]etBig\b/i, "BigInt"],
  [/\bnew Map\b|\.(get|has|set)\(/, "Map"],
];

const files = guestFiles();
const folder = mkdtempSync(join(tmpdir(), "isinglass-profile-"));
try {
  const guest = {
    kernel: files.kernels[options.kernel],
    initrd: files.initrd,
    append: `${COMMAND_LINE} bootonly`,
    memory: 256 * MIB,
  };
  const nodeOptions = ["--cpu-prof", `--cpu-prof-dir=${folder}`];
  const result = await run(
    isinglass(guest, { nodeOptions, ...(options.node === undefined ? {} : { node: options.node }) }),
  );
  if (result.ok) check(JSON.parse(readFileSync(join(folder, readdirSync(folder)[0]), "utf8")));
  else reportFailure("boot", result);
} finally {
  rmSync(folder, { recursive: true });
}

function check(profile) {
  const functions = new Map();
  const byId = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  let total = 0;
  profile.samples.forEach((id, i) => {
    const frame = byId.get(id);
    const key = `${frame.functionName} ${frame.url}:${frame.lineNumber}:${frame.columnNumber}`;
    const entry = functions.get(key) ?? { frame, time: 0 };
    entry.time += profile.timeDeltas[i];
    total += profile.timeDeltas[i];
    functions.set(key, entry);
  });
  const top = [...functions.values()].sort((a, b) => b.time - a.time).slice(0, TOP);
  const rows = top.map(({ frame, time }) => [
    ((time / total) * 100).toFixed(1),
    frame.functionName || "(anonymous)",
    place(frame),
    finding(frame),
  ]);
  printTable(["% of time", "function", "where", "finding"], rows);
  const found = rows.filter((row) => row[3] !== "");
  console.log(`${found.length} of the top ${TOP} use BigInt or Map`);
  if (found.length > 0) process.exitCode = 1;
}

function place(frame) {
  if (frame.url === "") return "built in";
  return frame.url.startsWith("file:")
    ? `${frame.url.split("/").slice(-4).join("/")}:${frame.lineNumber + 1}`
    : frame.url.slice(0, 40);
}

/** What is wrong with a function of the profile, or an empty string. */
function finding(frame) {
  if (frame.url === "") return BUILTIN.test(frame.functionName) ? "a built-in of BigInt or Map" : "";
  // What is made only for an exit to the host or an error is not on the hot path.
  const source = sourceOf(frame).replace(/leaveWith\(\{[^}]*\}\)|throw new [^;]*;/g, "");
  return IN_SOURCE.filter(([pattern]) => pattern.test(source))
    .map(([, name]) => name)
    .join(", ");
}

/** The text of a function from its first parenthesis to the brace that closes it; empty for what is not a file. */
function sourceOf(frame) {
  if (!frame.url.startsWith("file:") || !existsSync(fileURLToPath(frame.url))) return "";
  const lines = readFileSync(fileURLToPath(frame.url), "utf8").split("\n").slice(frame.lineNumber);
  const text = lines.join("\n").slice(frame.columnNumber);
  let depth = 0;
  for (let i = text.indexOf("{"); i >= 0 && i < text.length; i++) {
    if (text[i] === "{") depth++;
    else if (text[i] === "}" && --depth === 0) return text.slice(0, i + 1);
  }
  return text;
}
