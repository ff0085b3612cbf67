import { toHex } from "@isinglass/crypto";
import { nodeCrypto } from "@isinglass/crypto/node";
import { type Eif, jsonText, measureEif, parseEif, verdictText, verifyEif } from "@isinglass/enclave";
import { IsinglassError } from "@isinglass/interface";
import { type Command, flag, integer } from "../command.js";
import { naming, readInput } from "../input.js";

/** Larger than the library's: Node's own SHA-384 takes a sixth of the time. */
const MOST_BYTES = 2 ** 29;

/** Reads an image, and says which option raises a limit that was too low. */
function read(file: Uint8Array, bytes: number): Eif {
  try {
    return parseEif(file, { bytes });
  } catch (problem) {
    if (!(problem instanceof IsinglassError) || problem.code !== "ISG_ENCLAVE_TOO_LARGE") throw problem;
    throw new IsinglassError(problem.code, `${problem.message} with --most-bytes N`, problem.data, { cause: problem });
  }
}

function sectionLines(eif: Eif): string[] {
  return [
    `version ${eif.version}, ${eif.isArm ? "aarch64" : "x86_64"}, ${eif.memory >> 20n} MiB, ${eif.cpus} CPUs`,
    ...eif.sections.map(({ type, offset, data }) => `${type.padEnd(10)} ${data.length} bytes at ${offset}`),
    `CRC ${eif.crc.toString(16).padStart(8, "0")} ${eif.crcMatches ? "is right" : "IS WRONG: the file was changed"}`,
  ];
}

export const NITRO: Command = {
  name: "nitro",
  words: "measure FILE",
  summary:
    "Computes the PCRs of an AWS Nitro enclave image (EIF): 0 to 2, and 8 if it is signed. A wrong CRC or signature is an error, after the PCRs.",
  options: {
    sections: { type: "boolean", help: "also print what the image is made of" },
    "most-bytes": { type: "string", value: "N", help: `bytes that an image may have; ${MOST_BYTES} unless given` },
    json: { type: "boolean", help: "print the PCRs, and what was checked, as JSON" },
  },
  example: "isg nitro measure enclave.eif",
  async run(invocation) {
    const [verb, path, ...rest] = invocation.words;
    if (verb !== "measure" || path === undefined || rest.length > 0)
      throw new IsinglassError(
        "ISG_CLI_USAGE",
        `isg nitro${invocation.words.map((word) => ` ${word}`).join("")}: measure FILE`,
      );
    const most = integer(invocation, "most-bytes", MOST_BYTES);
    const file = await readInput(path, "isg nitro measure:");
    const [eif, measured] = naming(path, "isg nitro measure:", () => {
      const parsed = read(file, most);
      return [parsed, measureEif(parsed, nodeCrypto)];
    });
    const verdict = verifyEif(eif, measured, nodeCrypto);
    const pcrs = [...measured].map(([i, value]) => [`PCR${i}`, toHex(value)] as const);
    const lines = [
      ...(flag(invocation, "sections") ? sectionLines(eif) : []),
      ...pcrs.map(([name, value]) => `${name}: ${value}`),
      ...verdictText(verdict),
    ];
    process.stdout.write(
      flag(invocation, "json") ? `${jsonText({ ...Object.fromEntries(pcrs), verdict })}\n` : `${lines.join("\n")}\n`,
    );
    const wrong = verdict.checks.find((check) => !check.passed);
    if (wrong === undefined) return 0;
    throw new IsinglassError("ISG_ENCLAVE_BAD_EIF", `isg nitro measure: ${path}: ${wrong.name}: ${wrong.detail}`);
  },
};
