/** Exit codes of every command; the same everywhere, listed in docs/cli.md. */
export const ExitCode = {
  ok: 0,
  /** An expectation did not hold. */
  failed: 1,
  /** A bad scenario or a bad command line. */
  usage: 2,
  /** The machine can't do it: no broker, no disk, no permission. */
  environment: 3,
  inconclusive: 4,
  interrupted: 130,
} as const;

/** One of the numbers of `ExitCode`. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

const SEVERITY: readonly ExitCode[] = [
  ExitCode.ok,
  ExitCode.inconclusive,
  ExitCode.failed,
  ExitCode.environment,
  ExitCode.usage,
  ExitCode.interrupted,
];

/** The code of several runs together: the gravest. */
export function worstOf(codes: readonly ExitCode[]): ExitCode {
  return codes.reduce<ExitCode>((worst, code) => (SEVERITY.indexOf(code) > SEVERITY.indexOf(worst) ? code : worst), 0);
}
