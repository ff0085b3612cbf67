import { IsinglassError } from "@isinglass/interface";
import { type Command, shortSummary } from "../command.js";

/** The words that a command takes where they are a fixed choice, as its help shows them: `bash|zsh|fish`. */
function choices(command: Command): readonly string[] {
  return /^[a-z|]+$/.test(command.words) ? command.words.split("|") : [];
}

function bash(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name);
  const cases = commands.map((command) => {
    const options = Object.keys(command.options).map((name) => `--${name}`);
    return `    ${command.name}) words="${[...choices(command), ...options, "--help"].join(" ")}" ;;`;
  });
  return `_isg() {
  local current=\${COMP_WORDS[COMP_CWORD]} words=""
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W "${names.join(" ")} --help --version" -- "$current"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}
complete -F _isg isg isinglass
`;
}

function fish(commands: readonly Command[]): string {
  const lines = ["isg", "isinglass"].flatMap((program) =>
    commands.flatMap((command) => [
      `complete -c ${program} -n __fish_use_subcommand -a ${command.name} -d '${shortSummary(command).replaceAll("'", "")}'`,
      ...choices(command).map(
        (word) => `complete -c ${program} -n '__fish_seen_subcommand_from ${command.name}' -a ${word}`,
      ),
      ...Object.keys(command.options).map(
        (option) => `complete -c ${program} -n '__fish_seen_subcommand_from ${command.name}' -l ${option}`,
      ),
    ]),
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
        throw new IsinglassError(
          "ISG_CLI_USAGE",
          `isg completion: "${invocation.words.join(" ")}" is no shell that is known; bash, zsh or fish`,
        );
      }
      return 0;
    },
  };
}
