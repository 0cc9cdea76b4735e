package org.graphbert.distribute.cluster;

import java.lang.reflect.Constructor;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.graphbert.config.Failure;
import org.tensorflow.Graph;
import org.tensorflow.Server;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.ClusterDef;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.JobDef;
import org.tensorflow.proto.ServerDef;

/**
 * This worker's server of TensorFlow's own distributed runtime, and sessions in it. Each worker runs its own graph in a session of
 * its own server; the collective operations in these graphs meet those of the others, over gRPC.
 *
 * <p>A server has no end but the process's: TensorFlow has no clean shutdown of one.
 */
public final class WorkerServer {

    private static final String JOB = "worker";

    private final ClusterSpec spec;
    /** Kept from the garbage collector. */
    private final Server server;

    private WorkerServer(ClusterSpec spec, Server server) {
        this.spec = spec;
        this.server = server;
    }

    /**
     * Starts it on this worker's port.
     *
     * @param options of its devices: how many, and how many threads they have
     * @throws Failure (usage) if it cannot be started
     */
    public static WorkerServer start(ClusterSpec spec, ConfigProto options) {
        JobDef.Builder job = JobDef.newBuilder().setName(JOB);
        for (int i = 0; i < spec.workers().size(); i++) {
            job.putTasks(i, spec.workers().get(i).toString());
        }
        ServerDef definition = ServerDef.newBuilder()
                .setCluster(ClusterDef.newBuilder().addJob(job))
                .setJobName(JOB)
                .setTaskIndex(spec.task())
                .setProtocol("grpc")
                .setDefaultSessionConfig(inCluster(spec, options))
                .build();
        try {
            Server server = new Server(definition);
            server.start();
            return new WorkerServer(spec, server);
        } catch (TensorFlowException e) {
            throw Failure.usage("%s: TensorFlow's server cannot be started: %s", spec.named(spec.task()), e.getMessage(), e);
        }
    }

    /** The first worker numbers the members of a group and the runs that meet; a session uses its own worker's devices alone. */
    private static ConfigProto inCluster(ClusterSpec spec, ConfigProto options) {
        return options.toBuilder()
                .addDeviceFilters("/job:" + JOB + "/task:" + spec.task())
                .setExperimental(options.getExperimental().toBuilder()
                        .setCollectiveGroupLeader("/job:" + JOB + "/replica:0/task:0"))
                .build();
    }

    /** A session of a graph in this server; the variables of an earlier one of the same names are there still. */
    public Session session(Graph graph, ConfigProto options) {
        ConfigProto config = inCluster(spec, options);
        // Session has no public way to be one of a server's: its own constructor is told of a handle that was made here.
        try (PointerScope scope = new PointerScope()) {
            TF_Status status = TF_Status.newStatus();
            TF_SessionOptions of = TF_SessionOptions.newSessionOptions();
            tensorflow.TF_SetTarget(of, "grpc://localhost:" + spec.own().port());
            BytePointer proto = new BytePointer(config.toByteArray());
            tensorflow.TF_SetConfig(of, proto, proto.capacity(), status);
            status.throwExceptionIfNotOK();
            TF_Session handle = TF_Session.newSession(handle(graph), of, status);
            status.throwExceptionIfNotOK();
            handle.retainReference();
            Constructor<Session> constructor = Session.class.getDeclaredConstructor(Graph.class, TF_Session.class);
            constructor.setAccessible(true);
            return constructor.newInstance(graph, handle);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("TensorFlow Java's Session is another than that of 1.1.0", e);
        }
    }

    private static TF_Graph handle(Graph graph) throws ReflectiveOperationException {
        var field = Graph.class.getDeclaredField("nativeHandle");
        field.setAccessible(true);
        return (TF_Graph) field.get(graph);
    }

    @Override
    public String toString() {
        return server + " of " + spec.own();
    }
}
