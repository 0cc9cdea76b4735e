package org.graphbert.device;

/**
 * The libraries of NVIDIA that TensorFlow 2.18 opens, or that one of these opens, by the names that it opens them by; each behind
 * those that it needs. NCCL is in TensorFlow itself.
 */
enum CudaLibrary {
    /** Opened while TensorFlow's own library is being loaded; the others with the first session. */
    CUDART("libcudart.so.12", Part.TOOLKIT, Use.REQUIRED),
    CUBLAS_LT("libcublasLt.so.12", Part.TOOLKIT, Use.REQUIRED),
    CUBLAS("libcublas.so.12", Part.TOOLKIT, Use.REQUIRED),
    CUFFT("libcufft.so.11", Part.TOOLKIT, Use.REQUIRED),
    NVJITLINK("libnvJitLink.so.12", Part.TOOLKIT, Use.BY_ANOTHER),
    CUSPARSE("libcusparse.so.12", Part.TOOLKIT, Use.REQUIRED),
    CUSOLVER("libcusolver.so.11", Part.TOOLKIT, Use.REQUIRED),
    /** Of profiles. */
    CUPTI("libcupti.so.12", Part.TOOLKIT, Use.BY_ANOTHER),
    NVRTC_BUILTINS("libnvrtc-builtins.so.12.6", Part.TOOLKIT, Use.BY_ANOTHER),
    /** cuDNN compiles kernels with it. */
    NVRTC("libnvrtc.so.12", Part.TOOLKIT, Use.BY_ANOTHER),
    CUDNN("libcudnn.so.9", Part.CUDNN, Use.REQUIRED),
    CUDNN_GRAPH("libcudnn_graph.so.9", Part.CUDNN, Use.BESIDE),
    CUDNN_OPS("libcudnn_ops.so.9", Part.CUDNN, Use.BESIDE),
    CUDNN_CNN("libcudnn_cnn.so.9", Part.CUDNN, Use.BESIDE),
    CUDNN_ADV("libcudnn_adv.so.9", Part.CUDNN, Use.BESIDE),
    CUDNN_HEURISTIC("libcudnn_heuristic.so.9", Part.CUDNN, Use.BESIDE),
    CUDNN_ENGINES_PRECOMPILED("libcudnn_engines_precompiled.so.9", Part.CUDNN, Use.BESIDE),
    CUDNN_ENGINES_RUNTIME_COMPILED("libcudnn_engines_runtime_compiled.so.9", Part.CUDNN, Use.BESIDE);

    /** What comes from one place or not at all: of two releases, one library may lack what another asks it for. */
    enum Part {
        TOOLKIT,
        CUDNN
    }

    /** By whom it is opened. */
    enum Use {
        /** By TensorFlow, which goes without a GPU where one of them is missing. */
        REQUIRED,
        /** By a library of NVIDIA, by its name alone: it must be in the process, or where the system looks. */
        BY_ANOTHER,
        /** By cuDNN, which looks in its own directory. */
        BESIDE
    }

    private final String fileName;
    private final Part part;
    private final Use use;

    CudaLibrary(String fileName, Part part, Use use) {
        this.fileName = fileName;
        this.part = part;
        this.use = use;
    }

    /** The name of its file, which is also its SONAME. */
    String fileName() {
        return fileName;
    }

    Part part() {
        return part;
    }

    boolean required() {
        return use == Use.REQUIRED;
    }

    /** Whether it is loaded into the process ahead of who opens it. */
    boolean loaded() {
        return use != Use.BESIDE;
    }
}
