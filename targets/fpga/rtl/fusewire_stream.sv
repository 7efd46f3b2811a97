// A core between two streams of a DMA engine that brings its own descriptors, such as AMD's XDMA in its stream mode.
// A packet to the card is a beat whose first 32 bits say how many values follow, and the values, one behind the other; a
// packet to the host is their results. The core is the module FUSEWIRE_CORE, which is defined before.
module fusewire_stream #(
    parameter BUS = `FUSEWIRE_BUS_BYTES,
    parameter IN = `FUSEWIRE_IN_BYTES,
    parameter OUT = `FUSEWIRE_OUT_BYTES
) (
    input  wire aclk,
    input  wire aresetn,
    // The registers that say what the card is; a read is combinational.
    input  wire [7:0] reg_addr,
    output wire [31:0] reg_rdata,
    input  wire [8*BUS-1:0] s_axis_tdata,
    input  wire s_axis_tvalid,
    output wire s_axis_tready,
    output wire [8*BUS-1:0] m_axis_tdata,
    output wire [BUS-1:0] m_axis_tkeep,
    output wire m_axis_tvalid,
    input  wire m_axis_tready,
    output wire m_axis_tlast
);
    localparam [63:0] CORE_ID = `FUSEWIRE_CORE_ID;
    assign reg_rdata =
        reg_addr == 8'h00 ? 32'h4657_5246 :
        reg_addr == 8'h04 ? 32'h0001_0000 :
        reg_addr == 8'h08 ? CORE_ID[31:0] :
        reg_addr == 8'h0c ? CORE_ID[63:32] :
        reg_addr == 8'h10 ? IN :
        reg_addr == 8'h14 ? OUT :
        reg_addr == 8'h18 ? `FUSEWIRE_LATENCY :
        reg_addr == 8'h1c ? BUS :
        32'd0;

    // A beat is the head of a packet if no values are awaited.
    wire busy, values_ready;
    wire start = s_axis_tvalid & ~busy;
    assign s_axis_tready = busy ? values_ready : 1'b1;

    wire [8*IN-1:0] value;
    wire value_valid, value_ready, value_last;
    fusewire_unpack #(.BUS(BUS), .VALUE(IN)) unpack (
        .aclk(aclk), .aresetn(aresetn), .start(start), .rows(s_axis_tdata[31:0]), .busy(busy),
        .s_tdata(s_axis_tdata), .s_tvalid(s_axis_tvalid & busy), .s_tready(values_ready),
        .m_tdata(value), .m_tvalid(value_valid), .m_tready(value_ready), .m_tlast(value_last));

    wire [8*OUT-1:0] result;
    wire result_valid, result_ready, result_last;
    `FUSEWIRE_CORE core (
        .aclk(aclk), .aresetn(aresetn),
        .s_axis_tdata(value), .s_axis_tvalid(value_valid), .s_axis_tready(value_ready), .s_axis_tlast(value_last),
        .m_axis_tdata(result), .m_axis_tvalid(result_valid), .m_axis_tready(result_ready),
        .m_axis_tlast(result_last));

    fusewire_pack #(.BUS(BUS), .VALUE(OUT)) pack (
        .aclk(aclk), .aresetn(aresetn),
        .s_tdata(result), .s_tvalid(result_valid), .s_tready(result_ready), .s_tlast(result_last),
        .m_tdata(m_axis_tdata), .m_tstrb(m_axis_tkeep), .m_tvalid(m_axis_tvalid), .m_tready(m_axis_tready),
        .m_tlast(m_axis_tlast));
endmodule
