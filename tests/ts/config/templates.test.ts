/** The job templates of configs/hardware: as far as they can be held without a cluster. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { commands } from "../../../ts/cli/commands.ts";
import { projectRoot } from "../../../ts/core/project.ts";

const read = (name: string): string => readFileSync(join(projectRoot, "configs", "hardware", name), "utf8");

/** Every `aft` command of a shell script, as words. */
const aftCommands = (script: string): string[][] =>
  [...script.replaceAll("\\\n", " ").matchAll(/npx aft ([^\n;&|]+)/g)].map((match) =>
    match[1]!.trim().split(/\s+/),
  );

async function checkScript(script: string): Promise<void> {
  expect((await execa("bash", ["-n"], { input: script })).exitCode).toBe(0);
  for (const [name, ...words] of aftCommands(script)) {
    const command = commands.find((one) => one.name === name);
    if (command === undefined) {
      expect([name, words[0]]).toEqual(["data", "get"]);
      continue;
    }
    const { options } = await command.load();
    for (const word of words.filter((one) => one.startsWith("--")))
      expect(Object.keys(options)).toContain(word.slice(2).split("=")[0]);
  }
}

/** The settings that `--set` names are the experiment's own. */
const settingsIn = (script: string): string[] =>
  [...script.matchAll(/--set ([\w.]+)=/g)].map((match) => match[1]!).toSorted();

describe("SkyPilot", () => {
  const task = parse(read("skypilot.yml"));

  test("the task has the keys of a task", () => {
    const known = ["name", "num_nodes", "resources", "workdir", "file_mounts", "envs", "setup", "run"];
    expect(Object.keys(task).filter((key) => !known.includes(key))).toEqual([]);
    expect(task.resources).toMatchObject({ accelerators: "H200:8", use_spot: true });
  });

  test("its scripts are shell and its commands exist", async () => {
    await checkScript(task.setup);
    await checkScript(task.run);
    expect(settingsIn(task.run)).toEqual(["worker.devices", "worker.nodes", "worker.rendezvous"]);
    expect(() => read(`../../${task.envs.EXPERIMENT}`)).not.toThrow();
  });

  test("the first machine runs, the others follow, and all meet at the first", async () => {
    const environment = {
      SKYPILOT_NODE_IPS: "10.0.0.1\n10.0.0.2",
      SKYPILOT_NUM_NODES: "2",
      SKYPILOT_NUM_GPUS_PER_NODE: "8",
      EXPERIMENT: "a.yaml",
    };
    const said = async (rank: string): Promise<string> => {
      const script = task.run.replaceAll("npx aft", "echo aft");
      const env = { ...environment, SKYPILOT_NODE_RANK: rank };
      return (await execa("bash", ["-c", script], { env })).stdout;
    };
    expect(await said("0")).toBe(
      "aft run a.yaml --runs /runs --set worker.devices=8 --set worker.nodes=2 --set worker.rendezvous=10.0.0.1:29500",
    );
    expect(await said("1")).toBe(
      "aft worker --devices 8 --nodes 2 --node-rank 1 --rendezvous 10.0.0.1:29500",
    );
  });
});

describe("Kubernetes", () => {
  const [service, job] = parseAllDocuments(read("kubernetes.yml")).map((document) => document.toJS());
  const pod = job.spec.template.spec;
  const [container] = pod.containers;

  test("the pods have names that the service makes known", () => {
    expect([service.kind, job.kind]).toEqual(["Service", "Job"]);
    expect(service.spec.clusterIP).toBe("None");
    expect(service.spec.selector["job-name"]).toBe(job.metadata.name);
    expect(pod.subdomain).toBe(service.metadata.name);
    const host = container.env.find(({ name }: { name: string }) => name === "MASTER_ADDR").value;
    expect(host).toBe(`${job.metadata.name}-0.${service.metadata.name}`);
  });

  test("as many pods as machines, which share a folder and have time to save", async () => {
    expect(job.spec).toMatchObject({ completionMode: "Indexed", completions: 2, parallelism: 2 });
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(120);
    const script: string = container.command.at(-1);
    await checkScript(script);
    expect(script.match(/(?:--nodes |worker\.nodes=)2\b/g)).toHaveLength(2);
    expect(script.match(/(?:--devices |worker\.devices=)8\b/g)).toHaveLength(2);
    expect(container.resources.limits["nvidia.com/gpu"]).toBe(8);
    const mounted = container.volumeMounts.map(({ name }: { name: string }) => name);
    expect(mounted).toEqual(pod.volumes.map(({ name }: { name: string }) => name));
  });
});
