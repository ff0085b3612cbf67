import { IsinglassError } from '@isinglass/interface';
import type { Command } from '../command.js';

const NAMES = ['run', 'boot', 'disasm', 'uops', 'doctor', 'completion'];
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  run: ['--kernel', '--initrd', '--append', '--memory', '--disk', '--cpu', '--stats', '--json', '--limit'],
  boot: ['--memory', '--append', '--stats', '--json'],
  disasm: ['--mode', '--base', '--offset', '--length'],
  uops: ['--mode'],
  doctor: ['--json'],
};

function bash(): string {
  const cases = Object.entries(OPTIONS).map(([name, options]) => `    ${name}) words="${options.join(' ')}" ;;`);
  return `_isg() {
  local current=\${COMP_WORDS[COMP_CWORD]} words=""
  if [ "$COMP_CWORD" = 1 ]; then words="${NAMES.join(' ')} --help --version"; else
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
    boot) words="debian builtin" ;;
    completion) words="bash zsh fish" ;;
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}
complete -F _isg isg isinglass
`;
}

function fish(): string {
  const commands = NAMES.map((name) => `complete -c isg -n __fish_use_subcommand -a ${name}`);
  const options = Object.entries(OPTIONS).flatMap(([name, list]) =>
    list.map((option) => `complete -c isg -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`),
  );
  return `${[...commands, ...options].join('\n')}\n`;
}

export const COMPLETION: Command = {
  name: 'completion',
  words: 'bash|zsh|fish',
  summary: 'Prints a completion script for a shell.',
  options: {},
  example: 'isg completion bash > ~/.local/share/bash-completion/completions/isg',
  async run(invocation) {
    const [shell] = invocation.words;
    if (shell === 'bash') process.stdout.write(bash());
    else if (shell === 'zsh') process.stdout.write(`autoload -U bashcompinit\nbashcompinit\n${bash()}`);
    else if (shell === 'fish') process.stdout.write(fish());
    else throw new IsinglassError('ISG_CLI_USAGE', `isg completion: "${shell ?? ''}" is no shell that is known; bash, zsh or fish`);
    return 0;
  },
};
