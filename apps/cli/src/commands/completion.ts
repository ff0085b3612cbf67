import { IsinglassError } from "@isinglass/interface";
import { type Command, type OptionSpec, choicesOf, shortSummary } from "../command.js";

/** The words that a command takes where they are a fixed choice, as its help shows them: `bash|zsh|fish`. */
function choices(command: Command): readonly string[] {
  return command.words.split(/[| ]/).filter((word) => /^[a-z]+$/.test(word));
}

/** Names of an option as they are typed. */
function names(name: string, { alias }: OptionSpec): readonly string[] {
  return [name, ...(alias === undefined ? [] : [alias])];
}

/** What can follow an option: words, or a file, or what nobody can guess. */
function values(spec: OptionSpec): { readonly words: readonly string[]; readonly isFile: boolean } {
  return {
    words: choicesOf(spec) ?? spec.suggestions ?? [],
    isFile: (spec.value ?? "").startsWith("FILE"),
  };
}

/** Options of a command that take a value, each with an arm of bash's `case` for what can follow it. */
function bashValues(command: Command): string[] {
  return Object.entries(command.options)
    .filter(([, { type }]) => type === "string")
    .map(([name, spec]) => {
      const { words, isFile } = values(spec);
      const pattern = names(name, spec).map((one) => `${command.name}:--${one}`);
      return `    ${pattern.join("|")}) words="${words.join(" ")}" files=${isFile ? "1" : ""} ;;`;
    });
}

/** Whether a command's words can be files, as its help shows them. */
function takesFiles(command: Command): boolean {
  return command.words.startsWith("FILE");
}

function bash(commands: readonly Command[]): string {
  const all = commands.map(({ name }) => name);
  const cases = commands.map((command) => {
    const options = Object.keys(command.options).map((name) => `--${name}`);
    const words = [...choices(command), ...options, "--help"].join(" ");
    return `    ${command.name}) words="${words}" files=${takesFiles(command) ? "1" : ""} ;;`;
  });
  // bash takes --tier=jit apart at the equals sign (COMP_WORDBREAKS).
  return `_isg() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words="" files=""
  COMPREPLY=()
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W "${all.join(" ")} --help --version" -- "$current"))
    return
  fi
  if [ "$current" = "=" ]; then
    current=""
  elif [ "$before" = "=" ]; then
    before=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  case \${COMP_WORDS[1]}:$before in
${commands.flatMap(bashValues).join("\n")}
    *)
  case \${COMP_WORDS[1]} in
${cases.join("\n")}
  esac
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ -n "$files" ] && COMPREPLY+=($(compgen -f -- "$current"))
  return 0
}
complete -F _isg isg isinglass
`;
}

/** fish takes single quotes around text, in which a backslash and a quote are written with a backslash. */
function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}

function fishOption(option: string, spec: OptionSpec): string {
  const about = `-d ${quoted(spec.help)}`;
  if (spec.type === "boolean") return `-l ${option} ${about}`;
  const { words, isFile } = values(spec);
  if (isFile) return `-l ${option} -r -F ${about}`;
  return `-l ${option} -x${words.length === 0 ? "" : ` -a ${quoted(words.join(" "))}`} ${about}`;
}

function fish(commands: readonly Command[]): string {
  const lines = ["isg", "isinglass"].flatMap((program) =>
    commands.flatMap((command) => {
      const seen = `complete -c ${program} -n '__fish_seen_subcommand_from ${command.name}'`;
      return [
        `complete -c ${program} -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(shortSummary(command))}`,
        ...(takesFiles(command) ? [] : [`${seen} -f`]),
        ...choices(command).map((word) => `${seen} -a ${word}`),
        ...Object.entries(command.options).flatMap(([name, spec]) =>
          names(name, spec).map((one) => `${seen} ${fishOption(one, spec)}`),
        ),
      ];
    }),
  );
  return `${lines.join("\n")}\n`;
}

/** The command that prints completion scripts for all commands, itself included. */
export function completion(all: () => Promise<readonly Command[]>): Command {
  return {
    name: "completion",
    words: "bash|zsh|fish",
    summary: "Prints a completion script for a shell.",
    options: {},
    example: "source <(isg completion bash)",
    async run(invocation) {
      const [shell, ...more] = invocation.words;
      const commands = await all();
      if (shell === "bash" && more.length === 0) process.stdout.write(bash(commands));
      else if (shell === "zsh" && more.length === 0)
        process.stdout.write(`autoload -U bashcompinit\nbashcompinit\n${bash(commands)}`);
      else if (shell === "fish" && more.length === 0) process.stdout.write(fish(commands));
      else {
        const said = invocation.words.join(" ");
        throw new IsinglassError(
          "ISG_CLI_USAGE",
          `isg completion: ${said === "" ? "" : `"${said}" is no shell that is known; `}say bash, zsh or fish`,
        );
      }
      return 0;
    },
  };
}
