package org.graphbert.cli;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.distribute.cluster.ClusterSpec;
import org.graphbert.distribute.cluster.Patience;
import org.graphbert.train.ClusterTraining;
import picocli.CommandLine.Option;

/** The options of {@code pretrain} by which several processes train one model; they are no part of its configuration. */
final class PretrainCluster {

    @Option(
            names = "--cluster",
            paramLabel = "HOST:PORT,...",
            description = "All workers, each with one port that the others reach; the first is the chief, and writes the run. "
                    + "Or as TF_CONFIG.")
    private String cluster;

    @Option(names = "--task", paramLabel = "I", description = "Which of them this one is, from 0.")
    private Integer task;

    @Option(names = "--cluster-wait", paramLabel = "SECONDS", description = "For workers that have not come yet (600).")
    private Integer clusterWait;

    @Option(
            names = "--worker-timeout",
            paramLabel = "SECONDS",
            description = "A worker that is silent for so long is lost; the others then end with exit code 5 (30).")
    private Integer workerTimeout;

    private static final int CLUSTER_WAIT = 600;
    private static final int WORKER_TIMEOUT = 30;

    /**
     * The workers; none where one process trains alone.
     *
     * @param environment that may hold TF_CONFIG
     * @throws Failure (usage) if options or variable name no cluster
     */
    Optional<ClusterTraining> training(Map<String, String> environment, Progress progress) {
        String variable = environment.get(ClusterSpec.TF_CONFIG);
        if (cluster == null && task != null) {
            throw Failure.usage("--task is %d, and --cluster is not given; %s", task, variable == null || variable.isBlank()
                    ? "name all workers with it" : ClusterSpec.TF_CONFIG + " has this worker's number, so leave out --task");
        }
        Optional<ClusterSpec> named = cluster != null
                ? Optional.of(ClusterSpec.parse(cluster, task))
                : variable == null || variable.isBlank() ? Optional.empty() : ClusterSpec.ofTfConfig(variable);
        if (named.isEmpty()) {
            if (clusterWait != null || workerTimeout != null) {
                throw Failure.usage("%s is given without --cluster", clusterWait != null ? "--cluster-wait" : "--worker-timeout");
            }
            return Optional.empty();
        }
        ClusterSpec spec = named.get();
        Patience patience = new Patience(
                seconds("--cluster-wait", clusterWait, CLUSTER_WAIT), seconds("--worker-timeout", workerTimeout, WORKER_TIMEOUT));
        if (spec.alone()) {
            progress.say((cluster != null ? "--cluster" : ClusterSpec.TF_CONFIG) + " names one worker: this process trains alone.");
            return Optional.empty();
        }
        return Optional.of(new ClusterTraining(spec, patience));
    }

    private static Duration seconds(String option, Integer given, int otherwise) {
        if (given != null && given < 1) {
            throw Failure.usage("%s is %d, expected at least 1 s", option, given);
        }
        return Duration.ofSeconds(given == null ? otherwise : given);
    }
}
