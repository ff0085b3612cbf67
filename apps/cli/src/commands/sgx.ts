import { toHex } from "@isinglass/crypto";
import { nodeCrypto } from "@isinglass/crypto/node";
import {
  type EnclaveFile,
  explainSigstruct,
  explanationText,
  mrSigner,
  readEnclaveFile,
  verdictText,
  verifyEnclaveFile,
  verifySigstruct,
} from "@isinglass/enclave";
import { IsinglassError } from "@isinglass/interface";
import { type Command, flag, refuseOthers } from "../command.js";
import { naming, readInput } from "../input.js";

const REFUSED = 10;

function measure(file: EnclaveFile): number {
  if (file.measure === undefined)
    throw new IsinglassError(
      "ISG_SGX_UNKNOWN_FILE",
      `${file.kind}, which cannot be measured; inspect shows the MRENCLAVE that its signer wants`,
    );
  process.stdout.write(`${toHex(file.measure(nodeCrypto))}\n`);
  return 0;
}

function inspect(file: EnclaveFile, json: boolean): number {
  const mrenclave = file.measure?.(nodeCrypto);
  const measured = mrenclave === undefined ? undefined : toHex(mrenclave);
  const verdict = verifyEnclaveFile(file, mrenclave, nodeCrypto);
  const found = file.sigstructs.map(({ offset, sigstruct }) => ({
    offset,
    mrenclave: sigstruct.hex("enclavehash"),
    mrsigner: toHex(mrSigner(sigstruct, nodeCrypto)),
    verdict: verifySigstruct(sigstruct, nodeCrypto),
    explanation: { format: "SIGSTRUCT", source: sigstruct.layout.source, fields: explainSigstruct(sigstruct, offset) },
  }));
  if (json) process.stdout.write(`${JSON.stringify({ kind: file.kind, measured, verdict, sigstructs: found })}\n`);
  else {
    const lines = [
      file.kind,
      `MRENCLAVE of the file: ${measured ?? "not computed for this kind"}`,
      ...verdictText(verdict),
    ];
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
  options: { json: { type: "boolean", help: "inspect: print JSON" } },
  example: "isg sgx measure enclave.sgxs",
  async run(invocation) {
    const [verb, path, ...rest] = invocation.words;
    if ((verb !== "measure" && verb !== "inspect") || path === undefined || rest.length > 0)
      throw new IsinglassError(
        "ISG_CLI_USAGE",
        `isg sgx${invocation.words.map((word) => ` ${word}`).join("")}: measure FILE, or inspect FILE`,
      );
    refuseOthers(invocation, `isg sgx ${verb}`, verb === "inspect" ? ["json"] : []);
    const bytes = await readInput(path, `isg sgx ${verb}:`);
    return naming(path, `isg sgx ${verb}:`, () => {
      const file = readEnclaveFile(bytes);
      return verb === "measure" ? measure(file) : inspect(file, flag(invocation, "json"));
    });
  },
};
