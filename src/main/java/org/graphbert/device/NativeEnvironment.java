package org.graphbert.device;

import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.tensorflow.TensorFlow;

/**
 * The environment of this process as native libraries read it with getenv. Java's {@code System.getenv} is a copy from when the JVM
 * began, and Java has no setenv; what TensorFlow and CUDA take from the environment alone is set here, before they look.
 */
final class NativeEnvironment {

    /** putenv keeps the text itself and not a copy: what is set lives as long as the process. */
    private static final List<Pointer> SET = new ArrayList<>();

    private NativeEnvironment() {}

    /** A variable's value; null if it is not set. */
    static String get(String name) {
        TensorFlow.version(); // whose library holds JavaCPP's native part
        PointerPointer<BytePointer> variables =
                new PointerPointer<>(new PointerPointer<PointerPointer<BytePointer>>(Loader.addressof("environ")).get());
        String prefix = name + "=";
        for (long i = 0; variables.get(i) != null; i++) {
            String variable = new BytePointer(variables.get(i)).getString(StandardCharsets.UTF_8);
            if (variable.startsWith(prefix)) {
                return variable.substring(prefix.length());
            }
        }
        return null;
    }

    /** Sets a variable. */
    static synchronized void set(String name, String value) {
        TensorFlow.version();
        BytePointer text = new BytePointer(name + "=" + value, StandardCharsets.UTF_8);
        SET.add(text);
        Call.of("putenv", text);
    }

    /**
     * Calls a C function of one pointer, as JavaCPP does to free what a native library has allocated: its class for that may be
     * had by subclasses of Pointer alone, and its constructor by JavaCPP alone.
     */
    private static final class Call extends Pointer {

        static void of(String function, Pointer argument) {
            try {
                Constructor<NativeDeallocator> constructor =
                        NativeDeallocator.class.getDeclaredConstructor(Pointer.class, long.class, long.class);
                constructor.setAccessible(true);
                constructor.newInstance(argument, argument.address(), Loader.addressof(function).address()).deallocate();
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("JavaCPP is of another version than this was written for", e);
            }
        }
    }
}
