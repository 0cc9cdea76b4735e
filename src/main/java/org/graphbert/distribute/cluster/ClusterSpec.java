package org.graphbert.distribute.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.JsonReason;
import org.graphbert.distribute.Place;

/**
 * The workers that train one model together, and which of them this process is. The first is the chief: it writes the run.
 *
 * <p>A worker has one port, the one that is given. The chief waits for the others there; once all have come, TensorFlow's server
 * has it, as every other worker's, and the connections that were made before stay. So what a firewall must let through is what
 * the list says, among all workers.
 *
 * @param workers in the order of their numbers
 * @param task this one's number, from 0
 */
public record ClusterSpec(List<Address> workers, int task) {

    /** The environment variable by which TensorFlow's own users name a cluster. */
    public static final String TF_CONFIG = "TF_CONFIG";

    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final String CHIEF = "chief";
    private static final String WORKER = "worker";

    public ClusterSpec {
        workers = List.copyOf(workers);
    }

    /**
     * The two options.
     *
     * @param task null if it was not given
     * @throws Failure (usage) if they name no cluster
     */
    public static ClusterSpec parse(String cluster, Integer task) {
        List<Address> workers = new ArrayList<>();
        for (String text : cluster.split(",", -1)) {
            workers.add(Address.parse("--cluster", text.strip()));
        }
        if (task == null) {
            throw Failure.usage("--cluster names %d workers, and --task is not given; give each worker its number, the first 0",
                    workers.size());
        }
        return checked("--cluster", "--task", workers, task);
    }

    /**
     * What {@link #TF_CONFIG} holds: {@code {"cluster": {"worker": [...], "chief": [...]}, "task": {"type": "worker", "index": 0}}}.
     * As TensorFlow has it, the index may be a string, and an object without a cluster is of one process.
     *
     * @return empty where it has no cluster
     * @throws Failure (usage) if it names no cluster of workers
     */
    public static Optional<ClusterSpec> ofTfConfig(String json) {
        JsonNode root;
        try {
            root = Json.MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw Failure.usage("%s is no JSON: %s", TF_CONFIG, JsonReason.of(e), e);
        }
        JsonNode cluster = root.path("cluster");
        if (root.isObject() && (cluster.isMissingNode() || cluster.isObject() && cluster.isEmpty())) {
            return Optional.empty();
        }
        List<Address> chiefs = addresses(root, CHIEF);
        List<Address> workers = new ArrayList<>(chiefs);
        workers.addAll(addresses(root, WORKER));
        if (chiefs.size() > 1 || workers.isEmpty()) {
            throw Failure.usage("%s names %d chiefs and %d workers in \"cluster\", expected at most one chief, and at least one of them",
                    TF_CONFIG, chiefs.size(), workers.size() - chiefs.size());
        }
        String type = root.path("task").path("type").asText(WORKER);
        JsonNode index = number(root.path("task").path("index"));
        if (!type.equals(WORKER) && !(type.equals(CHIEF) && !chiefs.isEmpty())) {
            throw Failure.usage("%s says that this is '%s'; only the workers%s it names train a model here", TF_CONFIG, type,
                    chiefs.isEmpty() ? "" : " and the chief");
        }
        if (!index.canConvertToInt()) {
            throw Failure.usage("%s has %s as \"index\" of \"task\", expected this worker's number", TF_CONFIG,
                    index.isMissingNode() ? "nothing" : index);
        }
        int before = type.equals(WORKER) ? chiefs.size() : 0;
        int last = (type.equals(WORKER) ? workers.size() : 1) - before - 1;
        if (index.asInt() < 0 || index.asInt() > last) {
            throw Failure.usage("%s says that this is %s %d, but the last of these in its \"cluster\" is %d", TF_CONFIG, type,
                    index.asInt(), last);
        }
        return Optional.of(checked(TF_CONFIG, "\"index\"", workers, before + index.asInt()));
    }

    /** A number that may stand as a string. */
    private static JsonNode number(JsonNode node) {
        return node.isTextual() && NUMBER.matcher(node.textValue()).matches() ? IntNode.valueOf(Integer.parseInt(node.textValue())) : node;
    }

    private static List<Address> addresses(JsonNode root, String type) {
        List<Address> addresses = new ArrayList<>();
        root.path("cluster").path(type).forEach(text -> addresses.add(Address.parse(TF_CONFIG, text.asText())));
        return addresses;
    }

    private static ClusterSpec checked(String list, String number, List<Address> workers, int task) {
        for (int i = 0; i < workers.size(); i++) {
            int first = workers.indexOf(workers.get(i));
            if (first < i) {
                throw Failure.usage("%s has %s twice, as worker %d and %d; each needs a port of its own",
                        list, workers.get(i), first, i);
            }
        }
        if (task < 0 || task >= workers.size()) {
            throw Failure.usage("%s is %d, but %s names %d worker%s: expected %s",
                    number, task, list, workers.size(), workers.size() == 1 ? "" : "s", workers.size() == 1 ? "0" : "0 to " + (workers.size() - 1));
        }
        return new ClusterSpec(workers, task);
    }

    /** Whether there is nobody else. */
    public boolean alone() {
        return workers.size() == 1;
    }

    /** Whether this one leads the others. */
    public boolean chief() {
        return task == 0;
    }

    /** The same without addresses. */
    public Place place() {
        return new Place(task, workers.size());
    }

    Address own() {
        return workers.get(task);
    }

    /** A worker by its number and where it is, as messages have it. */
    String named(int worker) {
        return (worker == 0 ? "the chief (" : "worker " + worker + " (") + workers.get(worker) + ")";
    }
}
