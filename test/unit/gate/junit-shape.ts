/** The shape of JUnit XML as Ant writes it and Jenkins, GitLab and GitHub's actions read it, over the parsed tree. */
import { z } from "zod";

const text = z.string();
const whole = z.string().regex(/^\d+$/);
const seconds = z.string().regex(/^\d+(\.\d+)?$/);

const testcase = z
  .strictObject({
    "@name": text.min(1),
    "@classname": text.min(1),
    "@time": seconds,
    failure: z.strictObject({ "@message": text, "@type": text.min(1), "#text": text }).optional(),
    skipped: z.strictObject({ "@message": text }).optional(),
  })
  .refine(({ failure, skipped }) => !(failure && skipped), "fails or is skipped, not both");

const testsuite = z.strictObject({
  "@id": whole,
  "@package": text.min(1),
  "@name": text.min(1),
  "@tests": whole,
  "@failures": whole,
  "@errors": whole,
  "@skipped": whole,
  "@time": seconds,
  /** ISO 8601 without a zone. */
  "@timestamp": z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
  "@hostname": text.min(1),
  properties: z.literal(""),
  testcase: z.array(testcase).min(1),
  "system-out": text,
  "system-err": z.literal(""),
});

/** The whole document. */
export const junitShape = z.strictObject({
  "?xml": z.strictObject({ "@version": z.literal("1.0"), "@encoding": z.literal("UTF-8") }),
  testsuites: z.strictObject({
    testsuite: z.array(testsuite).length(1),
  }),
});
