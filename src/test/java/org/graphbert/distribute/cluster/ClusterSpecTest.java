package org.graphbert.distribute.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.graphbert.config.Failure;
import org.graphbert.distribute.Place;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How users name a cluster, and what is no cluster. */
class ClusterSpecTest {

    @Test
    void theOptionsNameWorkersInTheirOrder() {
        ClusterSpec spec = ClusterSpec.parse("node1:2222, 10.0.0.2:2222,[fe80::1]:2223", 2);
        assertEquals(List.of(new Address("node1", 2222), new Address("10.0.0.2", 2222), new Address("fe80::1", 2223)), spec.workers());
        assertEquals(new Place(2, 3), spec.place());
        assertEquals("[fe80::1]:2223", spec.own().toString());
        assertFalse(spec.chief() || spec.alone());
        assertEquals("the chief (node1:2222)", spec.named(0));
        assertTrue(ClusterSpec.parse("node1:2222", 0).alone());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a:1,b:2   | 2  | --task is 2, but --cluster names 2 workers: expected 0 to 1
            a:1       | -1 | --task is -1, but --cluster names 1 worker: expected 0
            a:1,b     | 0  | --cluster has 'b', expected HOST:PORT with a port from 1 to 65535, e.g. node1:2222 or [fe80::1]:2222
            a:1,b:0   | 0  | --cluster has 'b:0', expected HOST:PORT with a port from 1 to 65535, e.g. node1:2222 or [fe80::1]:2222
            a:1,b:70000 | 0 | --cluster has 'b:70000', expected HOST:PORT with a port from 1 to 65535, e.g. node1:2222 or [fe80::1]:2222
            a:1,      | 0  | --cluster has '', expected HOST:PORT with a port from 1 to 65535, e.g. node1:2222 or [fe80::1]:2222
            a:1,::1:2 | 0  | --cluster has '::1:2', expected HOST:PORT with a port from 1 to 65535, e.g. node1:2222 or [fe80::1]:2222
            a:1,b:2,a:1 | 0 | --cluster has a:1 twice, as worker 0 and 2; each needs a port of its own
            a:1,b:2   |    | --cluster names 2 workers, and --task is not given; give each worker its number, the first 0
            """)
    void whatIsNoClusterIsRefusedInOneLine(String cluster, Integer task, String message) {
        Failure refused = assertThrows(Failure.class, () -> ClusterSpec.parse(cluster, task));
        assertEquals(message, refused.getMessage());
        assertEquals(Failure.Kind.USAGE, refused.kind());
    }

    @Test
    void tensorFlowsVariableNamesThemToo() {
        assertEquals(Optional.of(new ClusterSpec(List.of(new Address("a", 1), new Address("b", 2)), 1)), ClusterSpec.ofTfConfig(
                "{\"cluster\": {\"worker\": [\"a:1\", \"b:2\"]}, \"task\": {\"type\": \"worker\", \"index\": 1}}"));
        String chief = "{\"cluster\": {\"worker\": [\"a:1\", \"b:2\"], \"chief\": [\"c:3\"]}, \"task\": {\"type\": \"%s\", \"index\": %d}}";
        List<Address> chiefFirst = List.of(new Address("c", 3), new Address("a", 1), new Address("b", 2));
        assertEquals(Optional.of(new ClusterSpec(chiefFirst, 0)), ClusterSpec.ofTfConfig(chief.formatted("chief", 0)));
        assertEquals(Optional.of(new ClusterSpec(chiefFirst, 2)), ClusterSpec.ofTfConfig(chief.formatted("worker", 1)));
        assertEquals(Optional.of(new ClusterSpec(chiefFirst, 2)), ClusterSpec.ofTfConfig(chief.formatted("worker", 1).replace(": 1}", ": \"1\"}")));
        assertEquals(Optional.empty(), ClusterSpec.ofTfConfig("{}"));
        assertEquals(Optional.empty(), ClusterSpec.ofTfConfig("{\"cluster\": {}, \"task\": {\"type\": \"worker\", \"index\": 0}}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"cluster":{"worker":["a:1","b:2"]},"task":{"type":"worker","index":2}}    | TF_CONFIG says that this is worker 2, but the last of these in its "cluster" is 1
            {"cluster":{"worker":["a:1","b:2"]},"task":{"type":"worker","index":-1}}   | TF_CONFIG says that this is worker -1, but the last of these in its "cluster" is 1
            {"cluster":{"worker":["a:1"],"chief":["c:1"]},"task":{"type":"chief","index":1}} | TF_CONFIG says that this is chief 1, but the last of these in its "cluster" is 0
            {"cluster":{"worker":["a:1","b:2"]},"task":{"type":"ps","index":0}}        | TF_CONFIG says that this is 'ps'; only the workers it names train a model here
            {"cluster":{"worker":["a:1","b:2"]},"task":{"type":"worker"}}              | TF_CONFIG has nothing as "index" of "task", expected this worker's number
            {"cluster":{"worker":["a:1","b:2"]},"task":{"type":"worker","index":"b"}}  | TF_CONFIG has "b" as "index" of "task", expected this worker's number
            {"cluster":"a:1","task":{"type":"worker","index":0}}                       | TF_CONFIG names 0 chiefs and 0 workers in "cluster", expected at most one chief, and at least one of them
            {"cluster":{"ps":["a:1"]},"task":{"type":"worker","index":0}}              | TF_CONFIG names 0 chiefs and 0 workers in "cluster", expected at most one chief, and at least one of them
            {"cluster":{"worker":["a"]},"task":{"type":"worker","index":0}}            | TF_CONFIG has 'a', expected HOST:PORT with a port from 1 to 65535, e.g. node1:2222 or [fe80::1]:2222
            {"cluster":{"worker":["a:1","a:1"]},"task":{"type":"worker","index":0}}    | TF_CONFIG has a:1 twice, as worker 0 and 1; each needs a port of its own
            """)
    void whatTheVariableCannotMeanIsRefused(String json, String message) {
        Failure refused = assertThrows(Failure.class, () -> ClusterSpec.ofTfConfig(json));
        assertEquals(message, refused.getMessage());
    }

    @Test
    void whatIsNoJsonIsRefused() {
        Failure refused = assertThrows(Failure.class, () -> ClusterSpec.ofTfConfig("{cluster"));
        assertEquals("TF_CONFIG is no JSON: Unexpected character ('c' (code 99)): was expecting double-quote to start field name",
                refused.getMessage());
        assertEquals(1, refused.getMessage().lines().count());
    }
}
