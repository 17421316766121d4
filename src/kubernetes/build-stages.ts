/**
 * What a build is doing: bringing the source, building the images that it compiles in, compiling, or packing tarballs
 * and images.
 */
export type BuildStage = 'fetch' | 'images' | 'compile' | 'package';

/** How long one stage took. */
export interface StageTime {
  readonly stage: BuildStage;
  readonly ms: number;
}

/** Where a build stands. */
export interface BuildProgress {
  readonly stage: BuildStage;
  /** What is made now, in few words: `cmd/kubelet`, `server linux-amd64`, `kube-proxy image`. */
  readonly target?: string;
}

const order: readonly BuildStage[] = ['fetch', 'images', 'compile', 'package'];

/** A heading of the build's scripts (hack/lib/logging.sh). */
const heading = /^\+\+\+ \[\d{4} \d\d:\d\d:\d\d\] (.*)$/;

/** What the scripts' headings mean; the first that matches. The group, or the words behind it, is the target. */
const headings: readonly (readonly [RegExp, BuildStage, ((found: string) => string)?])[] = [
  [/^Verifying Prerequisites/, 'images'],
  [/^Building Docker image ([^:\s]+)/, 'images', (name) => `${name} image`],
  [/^Creating (data container)/, 'images', (name) => name],
  [/^Syncing (sources) to container/, 'images', (name) => name],
  [/^Running build command/, 'images'],
  [/^Building go targets for \{([^}]*)\} in parallel/, 'compile', (platforms) => platforms],
  [/^Building go targets for ([^\s:]+)/, 'compile', (platform) => platform],
  [/^([^\s/]+\/[^\s/]+): build (?:started|finished)/, 'compile', (platform) => platform],
  [/^Syncing out of container/, 'package', () => 'what was compiled'],
  [/^(?:Building|Starting) tarball: (.+)$/, 'package', (name) => name],
  [/^Building (images): /, 'package', (name) => name],
  [/^Starting docker build for image: (.+?)-(?:linux|windows)-\w+$/, 'package', (name) => `${name} image`],
  [/^Building conformance image/, 'package', () => 'conformance image'],
];

/** A program on the list under a heading: `    k8s.io/kubernetes/cmd/kubelet (static)`. */
const listed = /^ {4}(\S+)(?: \((?:static|non-static|test)\))?$/;
/** What `go build -v` writes when it begins with a package. */
const goPackage = /^(?:[a-z0-9-]+\.)+[a-z]{2,6}\/[\w./-]+$/;
const pull = /^(?:Unable to find image '([^']+)' locally|\S+: Pulling from (\S+))$/;

/**
 * Follows what make says, for trees of both generations. A build goes through its stages in one direction: several
 * platforms or a run of the tests compile again and again, but nothing is compiled once packing has begun.
 */
export class BuildWatch {
  #stage: BuildStage = 'images';
  #target: string | undefined;
  /** Platforms seen so far, the current one last. */
  readonly #platforms: string[] = [];
  /** Programs on the list of the current platform; Go compiles them together and says nothing of each. */
  #programs: string[] = [];

  get progress(): BuildProgress {
    return this.#target === undefined ? { stage: this.#stage } : { stage: this.#stage, target: this.#target };
  }

  /** Takes one line of the output, and answers where the build stands after it. */
  see(line: string): BuildProgress {
    const text = heading.exec(line)?.[1];
    if (text !== undefined) this.#readHeading(text);
    else if (this.#stage === 'images') this.#readPull(line);
    else if (this.#stage === 'compile') this.#readProgram(line);
    return this.progress;
  }

  #readHeading(text: string): void {
    for (const [pattern, stage, name] of headings) {
      const found = pattern.exec(text);
      if (found === null) continue;
      if (order.indexOf(stage) < order.indexOf(this.#stage)) return;
      this.#stage = stage;
      this.#target = name?.(found[1] ?? '');
      if (stage === 'compile') this.#begin(found[1] ?? '');
      return;
    }
  }

  #begin(platform: string): void {
    this.#programs = [];
    if (this.#platforms.at(-1) !== platform) this.#platforms.push(platform);
  }

  #readPull(line: string): void {
    const [, image, repository] = pull.exec(line) ?? [];
    const name = (image ?? repository)?.split('/').at(-1);
    if (name !== undefined) this.#target = `pull of ${name}`;
  }

  #readProgram(line: string): void {
    const program = listed.exec(line)?.[1];
    if (program !== undefined) this.#programs.push(shortName(program));
    else if (goPackage.test(line)) this.#programs = [shortName(line)];
    else return;
    this.#target = `${this.#together()}${this.#platforms.length > 1 ? ` for ${this.#platforms.at(-1)}` : ''}`;
  }

  #together(): string {
    const [first = '', ...others] = this.#programs;
    return others.length === 0 ? first : `${first} and ${others.length} more`;
  }
}

function shortName(name: string): string {
  return name.replace(/^(?:k8s\.io\/kubernetes\/|\.\/)/, '').replace(/^(?:vendor|staging\/src)\//, '');
}
