import { toHex } from "@isinglass/crypto";
import { nodeCrypto } from "@isinglass/crypto/node";
import { type Eif, measureEif, parseEif } from "@isinglass/enclave";
import { IsinglassError } from "@isinglass/interface";
import { type Command, flag } from "../command.js";
import { naming, readInput } from "../input.js";

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
  summary: "Computes the PCRs of an AWS Nitro enclave image (EIF): 0 to 2, and 8 if it is signed.",
  options: {
    sections: { type: "boolean", help: "also print what the image is made of" },
    json: { type: "boolean", help: "print the PCRs as JSON" },
  },
  example: "isg nitro measure enclave.eif",
  async run(invocation) {
    const [verb, path, ...rest] = invocation.words;
    if (verb !== "measure" || path === undefined || rest.length > 0)
      throw new IsinglassError(
        "ISG_CLI_USAGE",
        `isg nitro${invocation.words.map((word) => ` ${word}`).join("")}: measure FILE`,
      );
    const file = await readInput(path, "isg nitro measure:");
    const [eif, measured] = naming(path, "isg nitro measure:", () => {
      const parsed = parseEif(file);
      return [parsed, measureEif(parsed, nodeCrypto)];
    });
    const pcrs = [...measured].map(([i, value]) => [`PCR${i}`, toHex(value)] as const);
    const lines = [
      ...(flag(invocation, "sections") ? sectionLines(eif) : []),
      ...pcrs.map(([name, value]) => `${name}: ${value}`),
    ];
    process.stdout.write(
      flag(invocation, "json") ? `${JSON.stringify(Object.fromEntries(pcrs))}\n` : `${lines.join("\n")}\n`,
    );
    if (eif.crcMatches) return 0;
    throw new IsinglassError(
      "ISG_ENCLAVE_BAD_EIF",
      `isg nitro measure: ${path}: the CRC in its header is not that of the file`,
    );
  },
};
