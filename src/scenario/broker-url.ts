/** What is wrong with the url of a broker that others run. It may hold a password: nothing of it is ever shown. */

import { type Parsed, parsed, refused } from "../input/parsed.js";
import type { UrlRules } from "../spi/broker.js";

const ENCODE =
  "in a user name, a password or a name percent-encode what has a meaning in a url: # is %23, / is %2F, ? is %3F, @ is %40, % is %25";
const FORM = "write it as scheme://host:port, or scheme://user:password@host:port";

/** Checks the form of a url, and that everything in it means something to the driver. */
export function checkBrokerUrl(text: string, rules: UrlRules): Parsed<URL> {
  const schemes = Object.keys(rules.ports);
  const scheme = schemes.find((each) => text.toLowerCase().startsWith(`${each}://`));
  if (scheme === undefined)
    return refused(`expected a url that begins with ${schemes.map((each) => `${each}://`).join(" or ")}`, FORM);
  const behind = text.slice(scheme.length + 3);
  const reserved = reservedCharacter(behind);
  if (reserved) return reserved;
  if (!URL.canParse(text)) return refused("the url can't be read", `${FORM}; ${ENCODE}`);
  const url = new URL(text);
  if (url.hostname === "") return refused("the url names no host", FORM);
  if (url.port === "0") return refused("the url names port 0", FORM);
  return checkParts(url, rules);
}

/** A character that cuts the url in another place than was meant, so that a piece of a password would be a host. */
function reservedCharacter(behindScheme: string): Parsed<never> | undefined {
  const [authority = ""] = /^[^/?#]*/.exec(behindScheme) ?? [];
  const rest = behindScheme.slice(authority.length);
  if (/[\s\p{Cc}\\]/u.test(behindScheme)) return refused("there are blanks or backslashes in the url", ENCODE);
  if (rest.includes("@")) return refused('a "/", "?" or "#" of the url stands before an "@"', ENCODE);
  if (rest.includes("#")) return refused('there is a "#" in the url', ENCODE);
  return decodes(behindScheme) ? undefined : refused('a "%" of the url encodes nothing', ENCODE);
}

function decodes(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function checkParts(url: URL, { path, query = [], credentials }: UrlRules): Parsed<URL> {
  if (typeof credentials === "string" && url.username + url.password !== "")
    return refused("user and password in the url would not be used", credentials);
  const wrong = checkPath(url.pathname, path);
  if (wrong) return wrong;
  if ([...url.searchParams.keys()].every((key) => query.includes(key))) return parsed(url);
  const known = query.length === 0 ? "leave out what follows the ?" : `known: ${query.join(", ")}`;
  return refused('what follows the "?" in the url would not be used', known);
}

function checkPath(pathname: string, path: UrlRules["path"]): Parsed<never> | undefined {
  if (pathname === "" || (pathname === "/" && path?.mayBeEmpty !== false)) return undefined;
  if (path === undefined) return refused("what follows the address in the url would not be used", FORM);
  const name = pathname.slice(1);
  if (!name.includes("/") && path.pattern.test(name)) return undefined;
  return refused(`behind the address in the url, expected ${path.what}`, path.hint);
}
