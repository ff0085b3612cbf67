import { toHex } from "@isinglass/crypto";
import { nodeCrypto } from "@isinglass/crypto/node";
import {
  type EnclaveFile,
  type EnclaveLimits,
  explainSigstruct,
  explanationText,
  jsonText,
  mrSigner,
  readEnclaveFile,
  verdictText,
  verifyEnclaveFile,
  verifySigstruct,
} from "@isinglass/enclave";
import { IsinglassError } from "@isinglass/interface";
import { type Command, type Invocation, flag, integer, refuseOthers } from "../command.js";
import { naming, readInput } from "../input.js";

const REFUSED = 10;
/** Larger than the library's: Node's own SHA-256 takes a seventh of the time. Both together take a second and a half. */
const LIMITS = { pages: 2 ** 22, measured: 2 ** 18, image: 2 ** 13 } as const;
const OPTIONS = { pages: "most-pages", measured: "most-measured", image: "most-image" } as const;

function limits(invocation: Invocation): Required<EnclaveLimits> {
  const most = (name: keyof typeof LIMITS): number => {
    const value = integer(invocation, OPTIONS[name], LIMITS[name]);
    if (value < 1) throw new IsinglassError("ISG_CLI_USAGE", `--${OPTIONS[name]} ${value}: a number from 1 up`);
    return value;
  };
  return { pages: most("pages"), measured: most("measured"), image: most("image") };
}

/** Measures, and says which option raises a limit that was too low. */
function measured(file: EnclaveFile, most: EnclaveLimits): Uint8Array | undefined {
  try {
    return file.measure?.(nodeCrypto, most);
  } catch (problem) {
    if (!(problem instanceof IsinglassError) || problem.code !== "ISG_SGX_TOO_LARGE") throw problem;
    const option = OPTIONS[problem.data["limit"] as keyof typeof OPTIONS];
    throw new IsinglassError(problem.code, `${problem.message} with --${option} N`, problem.data, { cause: problem });
  }
}

function measure(file: EnclaveFile, most: EnclaveLimits): number {
  if (file.measure === undefined)
    throw new IsinglassError(
      "ISG_SGX_UNKNOWN_FILE",
      `${file.kind}, which cannot be measured; inspect shows the MRENCLAVE that its signer wants`,
    );
  process.stdout.write(`${toHex(measured(file, most)!)}\n`);
  return 0;
}

function inspect(file: EnclaveFile, most: EnclaveLimits, json: boolean): number {
  const mrenclave = measured(file, most);
  const own = mrenclave === undefined ? undefined : toHex(mrenclave);
  const verdict = verifyEnclaveFile(file, mrenclave, nodeCrypto);
  const found = file.sigstructs.map(({ offset, sigstruct }) => ({
    offset,
    mrenclave: sigstruct.hex("enclavehash"),
    mrsigner: toHex(mrSigner(sigstruct, nodeCrypto)),
    verdict: verifySigstruct(sigstruct, nodeCrypto),
    explanation: { format: "SIGSTRUCT", source: sigstruct.layout.source, fields: explainSigstruct(sigstruct, offset) },
  }));
  if (json) process.stdout.write(`${jsonText({ kind: file.kind, measured: own, verdict, sigstructs: found })}\n`);
  else {
    const lines = [file.kind, `MRENCLAVE of the file: ${own ?? "not computed for this kind"}`, ...verdictText(verdict)];
    for (const one of found)
      lines.push(
        "",
        `MRENCLAVE that the signer wants: ${one.mrenclave}`,
        `MRSIGNER: ${one.mrsigner}`,
        ...verdictText(one.verdict),
        "",
        explanationText(one.explanation),
      );
    process.stdout.write(`${lines.join("\n")}\n`);
  }
  return verdict.accepted ? 0 : REFUSED;
}

export const SGX: Command = {
  name: "sgx",
  words: "measure|inspect FILE",
  summary:
    "Computes MRENCLAVE of an SGX enclave, or shows and verifies its SIGSTRUCT. Files: SGX streams, ELF files of Intel's and the Open Enclave SDK.",
  options: {
    "most-pages": { type: "string", value: "N", help: `pages that an enclave may have; ${LIMITS.pages} unless given` },
    "most-measured": {
      type: "string",
      value: "N",
      help: `pages whose contents are hashed; ${LIMITS.measured} unless given`,
    },
    "most-image": { type: "string", value: "N", help: `pages made in memory; ${LIMITS.image} unless given` },
    json: { type: "boolean", help: "inspect: print JSON" },
  },
  example: "isg sgx measure enclave.sgxs",
  async run(invocation) {
    const [verb, path, ...rest] = invocation.words;
    if ((verb !== "measure" && verb !== "inspect") || path === undefined || rest.length > 0)
      throw new IsinglassError(
        "ISG_CLI_USAGE",
        `isg sgx${invocation.words.map((word) => ` ${word}`).join("")}: measure FILE, or inspect FILE`,
      );
    refuseOthers(invocation, `isg sgx ${verb}`, [...Object.values(OPTIONS), ...(verb === "inspect" ? ["json"] : [])]);
    const most = limits(invocation);
    const bytes = await readInput(path, `isg sgx ${verb}:`);
    return naming(path, `isg sgx ${verb}:`, () => {
      const file = readEnclaveFile(bytes);
      return verb === "measure" ? measure(file, most) : inspect(file, most, flag(invocation, "json"));
    });
  },
};
