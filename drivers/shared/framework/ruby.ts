import { execFile } from "node:child_process";
import { delimiter } from "node:path";
import { promisify } from "node:util";
import { packageFile } from "../../../src/package.js";
import type { Located, Missing } from "../../../src/spi/broker.js";
import type { Runtime } from "../../../src/spi/framework.js";
import { findProgram } from "../find-program.js";

const run = promisify(execFile);

/** A Ruby framework: the name of its gem and of its command. */
export interface RubyFramework {
  readonly name: string;
  /** Names a folder that its command is in, or in `bin` of. */
  readonly homeVariable: string;
  /** What gets it where there is no Gemfile. */
  readonly hint: string;
}

/** Options that every driver of a Ruby framework has. */
export interface RubyOptions {
  /** The user's own Gemfile; what is on PATH when not given. */
  readonly gemfile?: string | undefined;
}

/** The words that begin a command of Ruby's: a program of a gem, or `ruby` itself. */
export interface RubyCommands {
  readonly framework: readonly string[];
  readonly ruby: readonly string[];
}

/** How a framework and Ruby are started; through `bundle exec` where a Gemfile is given. */
async function find(
  { name, homeVariable }: RubyFramework,
  { gemfile }: RubyOptions,
): Promise<RubyCommands | { readonly reason: string }> {
  const ruby = await findProgram({ programs: ["ruby"], homeVariable: "HAVOQ_RUBY_HOME" });
  if ("reason" in ruby) return ruby;
  if (gemfile !== undefined) {
    const bundle = await findProgram({ programs: ["bundle"], homeVariable: "HAVOQ_RUBY_HOME" });
    if ("reason" in bundle) return bundle;
    return { framework: [bundle.path, "exec", name], ruby: [bundle.path, "exec", "ruby"] };
  }
  const program = await findProgram({ programs: [name], homeVariable });
  return "reason" in program ? program : { framework: [program.path], ruby: [ruby.path] };
}

/** How a framework and Ruby are started; throws when they are not there. */
export async function rubyCommands(framework: RubyFramework, options: RubyOptions): Promise<RubyCommands> {
  const found = await find(framework, options);
  if ("reason" in found) throw new Error(`${found.reason}; get it with: ${framework.hint}`);
  return found;
}

/** What Ruby needs to find havoq's SDK and the user's gems. */
export function rubyEnvironment({ gemfile }: RubyOptions): Record<string, string> {
  const given = process.env["RUBYLIB"];
  return {
    RUBYLIB: [packageFile("sdk/ruby/lib"), ...(given ? [given] : [])].join(delimiter),
    ...(gemfile === undefined ? {} : { BUNDLE_GEMFILE: gemfile }),
  };
}

/** A Ruby framework that the machine has. */
export function rubyRuntime(framework: RubyFramework): Runtime<RubyOptions> {
  return { name: framework.name, locate: (options) => locate(framework, options), installation: null };
}

async function locate(framework: RubyFramework, options: RubyOptions): Promise<Located | Missing> {
  const { name } = framework;
  const hint = options.gemfile === undefined ? framework.hint : "bundle install";
  const found = await find(framework, options);
  if ("reason" in found) return { found: false, reason: found.reason, hint };
  const [executable = "", ...rest] = found.framework;
  try {
    const { stdout } = await run(executable, [...rest, "--version"], {
      env: { ...process.env, ...rubyEnvironment(options) },
    });
    const version = /\d+(\.\d+)+/.exec(stdout)?.[0] ?? "of an unknown version";
    return { found: true, what: `${name} ${version} (${found.framework.join(" ")})`, executable, version };
  } catch {
    return { found: false, reason: `${found.framework.join(" ")} does not run`, hint };
  }
}
